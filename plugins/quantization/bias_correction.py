"""Bias correction: quantization's shift of the mean is taken off the biases."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Quantizer, Spec, fake

from ._layerwise import repaired
from ._ranges import Ranges, round_to_nearest

if TYPE_CHECKING:
    from torch import Tensor, nn


class BiasCorrection(Quantizer):
    """Round to nearest; then the mean error of every output channel is taken off its bias, layer after layer."""

    name = "bias-correction"
    version = "1"
    card = Card(
        title="Bias correction",
        status="paper",
        paper="Data-Free Quantization Through Weight Equalization and Bias Correction",
        authors="Markus Nagel, Mart van Baalen, Tijmen Blankevoort, Max Welling",
        year=2019,
        url="https://arxiv.org/abs/1906.04721",
        note="The empirical form, on calibration images, with activations quantized too; without weight equalization, "
        "which needs ReLU. Layers without bias get one.",
    )

    class Parameters(Quantizer.Parameters):
        """The paper's ranges are min/max."""

        ranges: Ranges = Field("mse", description="of weights and activations: minmax, percentile or mse")

    parameters: Parameters
    grid = {"ranges": ("mse", "minmax", "percentile")}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model, rounded to nearest, with corrected biases."""
        import torch

        float_model = copy.deepcopy(fake.insert(model))
        round_to_nearest(model, calibration.images, spec, self.parameters.ranges)
        with torch.no_grad():
            for layer, inputs, outputs in repaired(model, float_model, calibration.images):
                correct_bias(layer, inputs, outputs)
        return model


def correct_bias(layer: fake.QuantLayer, inputs: Tensor, outputs: Tensor) -> None:
    """Shift a layer's bias, in place, so that its outputs have the mean of ``outputs`` in each channel.

    Args:
        layer: linear or a convolution, with its weight quantizer.
        inputs: quantized, [N, ..., D_in] or [N, C_in, H, W].
        outputs: those of the layer in floats, [N, ..., D_out] or [N, C_out, H', W'].
    """
    from torch import nn

    shift = outputs - layer.multiply(inputs, layer.quantized_weight(), layer.bias)
    correction = shift.movedim(layer.channel_dimension, -1).flatten(0, -2).mean(dim=0)
    layer.bias = nn.Parameter(correction if layer.bias is None else layer.bias.detach() + correction)
