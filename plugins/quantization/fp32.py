"""No quantization: what all others are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card, Context
from suite.tracks.quantization import Calibration, Quantizer, Spec

if TYPE_CHECKING:
    from torch import nn


class FP32(Quantizer):
    """The model as it is. It keeps to no spec with fewer than 32 bits, and the audit says so."""

    name = "fp32"
    version = "1"
    standing = "reference"
    card = Card(title="Not quantized", status="baseline", note="The upper reference; its audit reports every mismatch.")

    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the model."""
        return model
