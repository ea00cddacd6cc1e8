"""Round to nearest with ranges from percentiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.quantization import Calibration, Quantizer, Spec

from ._ranges import PERCENTILE, round_to_nearest

if TYPE_CHECKING:
    from torch import nn


class Percentile(Quantizer):
    """Activations are clipped at a percentile; a weight's rows at the one of three with the least squared error."""

    name = "percentile"
    version = "1"
    card = Card(title="Round to nearest, percentile ranges", status="baseline")

    class Parameters(Quantizer.Parameters):
        """Where activations are clipped."""

        percentile: float = Field(PERCENTILE, gt=0.5, le=1, description="of an activation's values; 1 minus it below")

    parameters: Parameters
    grid = {"percentile": (0.999, 0.99, 0.9999, 0.99999)}

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model with all its tensors clipped and rounded to nearest."""
        return round_to_nearest(model, calibration.images, spec, "percentile", self.parameters.percentile)
