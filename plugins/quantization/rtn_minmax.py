"""Round to nearest with ranges from the extremes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card, Context
from suite.tracks.quantization import Calibration, Quantizer, Spec

from ._ranges import round_to_nearest

if TYPE_CHECKING:
    from torch import nn


class RTNMinMax(Quantizer):
    """Every value goes to the nearest level; the largest and smallest seen on the calibration images set the range."""

    name = "rtn-minmax"
    version = "1"
    card = Card(title="Round to nearest, min/max ranges", status="baseline")

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with all its tensors rounded to nearest."""
        return round_to_nearest(model, calibration.images, spec, "minmax")
