"""Random selection in equal numbers of each class."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._round_robin import in_turns


class ClassBalanced(ReplaySelector):
    """A uniform draw within each class, classes in turn."""

    name = "class-balanced"
    version = "1"
    card = Card(title="Class-balanced random selection", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, classes in turn."""
        order = torch.from_numpy(context.rng("selection").permutation(len(candidates)))
        return in_turns(order, candidates.labels)[:capacity]
