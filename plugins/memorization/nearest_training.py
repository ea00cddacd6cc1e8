"""Reference: distances to the training data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor

PAIRS = 2**24
"""Distances in a pass."""
NEAREST = 5
"""The neighbour that a sample out of support is far from: not the first, so that one stray point does not count."""


class NearestTraining(PathDetector):
    """Knows the training data: what a detector that does not know them may be held against.

    Copies: how near the nearest training image is, against the second nearest. Samples out of support: how far the
    fifth nearest training point is.
    """

    name = "nearest-training"
    version = "1"
    standing = "reference"
    needs = frozenset({"training data"})
    card = Card(title="Distance to the training data", status="baseline")

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return the score [N], higher = more suspicious."""
        assert context.training is not None
        samples, training = paths.final.flatten(1), context.training.flatten(1)
        if context.sought == "out of support":
            return _fifth(samples, training)
        parts = [_nearest(part, training) for part in samples.split(max(1, PAIRS // len(training)))]
        found = torch.cat(parts)
        return -found[:, 0] / found[:, 1].clamp(min=1e-12)


def _nearest(samples: Tensor, training: Tensor) -> Tensor:
    """Return the distances to the two nearest training images [N, 2], nearest first."""
    distances = torch.cdist(samples, training, compute_mode="donot_use_mm_for_euclid_dist")
    return distances.topk(2, largest=False).values


def _fifth(samples: Tensor, training: Tensor) -> Tensor:
    """Return the distances to the fifth nearest training points [N], of which there are many, of few coordinates."""
    from scipy.spatial import KDTree

    distances: Any = KDTree(training.cpu().numpy()).query(samples.cpu().numpy(), k=[NEAREST])[0]
    return torch.from_numpy(distances[:, 0])
