"""The built-in methods of the quantization track."""

from __future__ import annotations

from collections.abc import Callable

from suite.hookspecs import hookimpl

METHODS = (
    "adalog:AdaLog",
    "fp32:FP32",
    "mse:MSE",
    "percentile:Percentile",
    "ptq4vit:PTQ4ViT",
    "qwt:QwT",
    "repq_vit:RepQViT",
    "rtn_minmax:RTNMinMax",
)


@hookimpl
def suite_register_methods(register: Callable[[str], None]) -> None:
    """Register every method of this folder."""
    for method in METHODS:
        register(f"{__name__}.{method}")
