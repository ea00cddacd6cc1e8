"""Feature norm, a trivial control."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class FeatureNorm(Detector):
    """``||z||_2``: networks answer what they know with larger features. A method should beat it."""

    name = "feature-norm"
    version = "1"
    card = Card(title="Feature norm (control)", status="baseline")
    standing = "reference"

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the Euclidean norm of the features [B]."""
        lengths: torch.Tensor = batch.features.norm(dim=1)
        return lengths
