"""Exact fake-quantization: quantizers, the layers that hold them, and the audit of what a model really does.

Importing this imports torch; plugins do so inside their functions.
"""

from suite.tracks.quantization.fake.layers import QuantAttention, QuantLayer, compensate, insert, remove
from suite.tracks.quantization.fake.logarithmic import Logarithmic, TwinUniform
from suite.tracks.quantization.fake.observation import Observation, layer_inputs, observe
from suite.tracks.quantization.fake.origins import origins
from suite.tracks.quantization.fake.quantizer import FakeQuantizer
from suite.tracks.quantization.fake.sites import Site, activation_sites, layers, weight_sites
from suite.tracks.quantization.fake.uniform import Learned, PerToken, Uniform, code_range, lsq

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
    "insert",
    "layer_inputs",
    "layers",
    "lsq",
    "observe",
    "origins",
    "remove",
    "weight_sites",
]
