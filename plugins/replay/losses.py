"""Selection by loss, from either end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.replay import ReplayContext, ReplaySelector, Samples

from .ranking import ranked

if TYPE_CHECKING:
    from torch import Tensor


class LossHigh(ReplaySelector):
    """The samples with the largest losses."""

    name = "loss-high"
    version = "1"
    needs = frozenset({"losses"})
    card = Card(title="Highest loss", status="baseline")

    def select(self, candidates: Samples, capacity: int, context: ReplayContext) -> Tensor:
        """Return ``capacity`` places, largest loss first."""
        return ranked(context.learner.losses(candidates), context.rng("ties"))[:capacity]


class LossLow(ReplaySelector):
    """The samples with the smallest losses."""

    name = "loss-low"
    version = "1"
    needs = frozenset({"losses"})
    card = Card(title="Lowest loss", status="baseline")

    def select(self, candidates: Samples, capacity: int, context: ReplayContext) -> Tensor:
        """Return ``capacity`` places, smallest loss first."""
        return ranked(-context.learner.losses(candidates), context.rng("ties"))[:capacity]
