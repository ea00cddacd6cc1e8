"""Random scores: the control at chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor


class RandomFilter(PathDetector):
    """A number for each sample that has nothing to do with it: what a filter does that only throws samples away."""

    name = "random-filter"
    version = "1"
    standing = "reference"
    needs = frozenset({"predictions"})
    card = Card(title="Random filter (control)", status="baseline")

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return numbers in [0, 1) [N]."""
        return torch.from_numpy(context.rng("scores").random(len(paths.final)))
