"""The built-in methods of the quantization track."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from suite.hookspecs import hookimpl

METHODS = (
    "adalog:AdaLog",
    "adaround:AdaRound",
    "bias_correction:BiasCorrection",
    "fp32:FP32",
    "gplq:GPLQ",
    "gptq:GPTQ",
    "lsq:LSQ",
    "mse:MSE",
    "percentile:Percentile",
    "ptq4vit:PTQ4ViT",
    "qwt:QwT",
    "repq_vit:RepQViT",
    "rtn_minmax:RTNMinMax",
    "smoothquant:SmoothQuant",
)

PEERS = {"brevitas": "brevitas_layers:Brevitas", "torchao": "torchao_int8:TorchAOInt8"}
"""Methods of other libraries, listed where the library is installed."""


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder, and those of other libraries that are installed."""
    peers = [method for library, method in PEERS.items() if find_spec(library) is not None]
    for method in [*METHODS, *peers]:
        register(f"{__name__}.{method}")
