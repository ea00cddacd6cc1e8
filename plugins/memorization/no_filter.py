"""Equal scores: no filter at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import DetectionContext, Path, PathDetector

if TYPE_CHECKING:
    from torch import Tensor


class NoFilter(PathDetector):
    """The same number for every sample: what comes about without a filter."""

    name = "no-filter"
    version = "1"
    standing = "reference"
    needs = frozenset({"predictions"})
    card = Card(title="No filter (control)", status="baseline")

    def score(self, paths: Path, context: DetectionContext) -> Tensor:
        """Return zeros [N]."""
        return torch.zeros(len(paths.final))
