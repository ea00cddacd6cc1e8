"""Random selection, what every selector must beat."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector


class Random(ReplaySelector):
    """A uniform draw from the task's samples."""

    name = "random"
    version = "1"
    standing = "reference"
    card = Card(title="Random selection", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places in random order."""
        return torch.from_numpy(context.rng("selection").permutation(len(candidates)))[:capacity]
