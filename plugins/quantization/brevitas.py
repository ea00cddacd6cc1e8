"""Static quantization of linear and convolution layers by brevitas, so that it and ours are measured alike."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from suite import Card, Context
from suite.tracks.quantization import FLOAT, Calibration, Quantizer, Spec

if TYPE_CHECKING:
    from torch import nn

OWN_VERSION = "1"  # of the adapter
RELEASE = version("brevitas")
IMAGES = 64  # at a time


class Brevitas(Quantizer):
    """Layers with narrow symmetric weights, a scale per output channel, and affine inputs, a scale per tensor.

    Ranges are brevitas' own: of weights the largest, of inputs its percentiles while it watches the calibration images.
    The products of attention stay float: they are no modules.
    """

    name = "brevitas"
    version = f"{OWN_VERSION}+brevitas-{RELEASE}"
    standing = "reference"
    card = Card(
        title="Layerwise quantization of brevitas",
        status="baseline",
        url="https://github.com/Xilinx/brevitas",
        note=f"Implementation: brevitas {RELEASE}, unchanged. Linear and convolution layers alone.",
    )

    @classmethod
    def supports(cls, spec: Spec) -> str:
        """With a single bit a narrow symmetric grid has zero alone."""
        return "" if spec.weight_bits > 1 else "brevitas' narrow symmetric weights need at least 2 bits, not 1"

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with brevitas' layers, calibrated."""
        import torch
        from brevitas.graph.calibrate import calibration_mode
        from brevitas.graph.quantize import layerwise_quantize

        from suite.tracks.quantization.fake.sites import edges

        # The second pass finds what the first one left.
        model = layerwise_quantize(model, _layers(spec, edge=False), name_blacklist=sorted(edges(model)))
        model = layerwise_quantize(model, _layers(spec, edge=True))
        with torch.no_grad(), calibration_mode(model):
            for images in torch.split(calibration.images, IMAGES):
                model(images)
        return model


def _layers(spec: Spec, edge: bool) -> dict[Any, Any]:
    """Return what brevitas puts for each type of layer, and how."""
    from brevitas import nn as quantized
    from brevitas.quant.scaled_int import Int8WeightPerChannelFloat
    from brevitas.quant.shifted_scaled_int import ShiftedUint8ActPerTensorFloat
    from torch import nn

    weight, activation = spec.weight(edge), spec.activation(edge)
    how = {
        "weight_quant": Int8WeightPerChannelFloat.let(bit_width=weight) if weight < FLOAT else None,
        "input_quant": ShiftedUint8ActPerTensorFloat.let(bit_width=activation) if activation < FLOAT else None,
        "return_quant_tensor": False,
    }
    return {nn.Linear: (quantized.QuantLinear, how), nn.Conv2d: (quantized.QuantConv2d, how)}
