"""Random selection in equal numbers of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.replay import Exemplars, ReplayContext, ReplaySelector

from ._round_robin import in_turns

if TYPE_CHECKING:
    from torch import Tensor


class ClassBalanced(ReplaySelector):
    """A uniform draw within each class, classes in turn."""

    name = "class-balanced"
    version = "1"
    card = Card(title="Class-balanced random selection", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        """Return ``capacity`` places, classes in turn."""
        import torch

        order = torch.from_numpy(context.rng("selection").permutation(len(candidates)))
        return in_turns(order, candidates.labels)[:capacity]
