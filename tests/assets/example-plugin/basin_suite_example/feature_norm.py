"""Feature norm: a whole method in one file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, hookimpl
from suite.tracks.ood import Batch, Detector

if TYPE_CHECKING:
    from torch import Tensor


class FeatureNorm(Detector):
    """``||h||_p`` of the penultimate features h: networks answer what they know with larger features."""

    name = "example-feature-norm"
    version = "1"
    card = Card(title="Feature norm (example)", status="baseline")

    class Parameters(Detector.Parameters):
        """The Euclidean norm, if nothing else is said."""

        order: float = Field(2.0, ge=1, description="p of the norm")

    parameters: Parameters

    def score(self, batch: Batch) -> Tensor:
        """Return the norm of the features [B], higher = more in-distribution."""
        return batch.features.norm(p=self.parameters.order, dim=1)


@hookimpl
def suite_register_methods(register: Callable[[type[FeatureNorm]], None]) -> None:
    """Register the method."""
    register(FeatureNorm)
