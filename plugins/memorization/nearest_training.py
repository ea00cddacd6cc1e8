"""Reference: distances to the training data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor

PAIRS = 2**24
"""Distances in a pass."""


class NearestTraining(PathDetector):
    """Knows the training data: what a detector that does not know them may be held against.

    Copies: how near the nearest training image is, against the second nearest. Samples out of support: how far the
    k-th nearest training point is.
    """

    name = "nearest-training"
    version = "1"
    standing = "reference"
    needs = frozenset({"training data"})
    card = Card(title="Distance to the training data", status="baseline")

    class Parameters(PathDetector.Parameters):
        """The fifth nearest, so that a single stray point does not count."""

        nearest: int = Field(5, ge=1, description="k, where samples out of support are sought")

    parameters: Parameters

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return the score [N], higher = more suspicious."""
        assert context.training is not None
        samples, training = paths.final.flatten(1), context.training.flatten(1)
        count = 2 if context.sought == "copies" else self.parameters.nearest
        parts = [_nearest(part, training, count) for part in samples.split(max(1, PAIRS // len(training)))]
        found = torch.cat(parts)
        return -found[:, 0] / found[:, 1].clamp(min=1e-12) if context.sought == "copies" else found[:, -1]


def _nearest(samples: Tensor, training: Tensor, count: int) -> Tensor:
    """Return the distances to the nearest training points [N, count], nearest first."""
    distances = torch.cdist(samples, training, compute_mode="donot_use_mm_for_euclid_dist")
    return distances.topk(count, largest=False).values
