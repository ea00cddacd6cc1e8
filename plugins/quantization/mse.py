"""Round to nearest with ranges of least squared error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card, Context
from suite.tracks.quantization import Calibration, Quantizer, Spec

from ._ranges import round_to_nearest

if TYPE_CHECKING:
    from torch import nn


class MSE(Quantizer):
    """Every value goes to the nearest level; ranges lose least in squared error."""

    name = "mse"
    version = "1"
    card = Card(title="Round to nearest, ranges of least squared error", status="baseline")

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with all its tensors rounded to nearest."""
        return round_to_nearest(model, calibration.images, spec, "mse")
