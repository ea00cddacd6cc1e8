"""Feature norm, a trivial control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.ood import Batch, Detector

if TYPE_CHECKING:
    from torch import Tensor


class FeatureNorm(Detector):
    """``||z||_2``: networks answer what they know with larger features. A method should beat it."""

    name = "feature-norm"
    version = "1"
    card = Card(title="Feature norm (control)", status="baseline")

    def score(self, batch: Batch) -> Tensor:
        """Return the Euclidean norm of the features [B]."""
        return batch.features.norm(dim=1)
