"""Exact fake quantization: quantizers, and the layers that hold them.

A name's module, which imports torch, is imported when the name is first used: plugins import this at the top.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suite.tracks.quantization.fake.layers import QuantAttention, QuantLayer, compensate, insert, remove
    from suite.tracks.quantization.fake.logarithmic import Logarithmic, TwinUniform
    from suite.tracks.quantization.fake.observation import Observation, layer_inputs, observe
    from suite.tracks.quantization.fake.origins import input_origins
    from suite.tracks.quantization.fake.quantizer import FakeQuantizer
    from suite.tracks.quantization.fake.sites import Site, activation_sites, quant_layers, weight_sites
    from suite.tracks.quantization.fake.uniform import Learned, PerToken, Uniform, code_range, lsq

MODULES = ("layers", "logarithmic", "observation", "origins", "quantizer", "sites", "uniform")
__all__ = [
    "FakeQuantizer",
    "Learned",
    "Logarithmic",
    "Observation",
    "PerToken",
    "QuantAttention",
    "QuantLayer",
    "Site",
    "TwinUniform",
    "Uniform",
    "activation_sites",
    "code_range",
    "compensate",
    "input_origins",
    "insert",
    "layer_inputs",
    "lsq",
    "observe",
    "quant_layers",
    "remove",
    "weight_sites",
]


if not TYPE_CHECKING:  # a checker would take any name for one that this knows

    def __getattr__(name: str) -> Any:
        for module in (import_module(f"{__name__}.{module}") for module in MODULES if name in __all__):
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
