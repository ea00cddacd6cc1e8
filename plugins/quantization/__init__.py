"""The built-in methods of the quantization track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

METHODS = (
    "adaround:AdaRound",
    "bias_correction:BiasCorrection",
    "fp32:FP32",
    "gplq:GPLQ",
    "gptq:GPTQ",
    "lsq:LSQ",
    "mse:MSE",
    "percentile:Percentile",
    "qwt:QwT",
    "repq_vit:RepQViT",
    "rtn_minmax:RTNMinMax",
    "smoothquant:SmoothQuant",
)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")
