"""Selection by loss, the smallest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.replay import Exemplars, ReplayContext, ReplaySelector

from ._ranking import ranked

if TYPE_CHECKING:
    from torch import Tensor


class LossLow(ReplaySelector):
    """The samples with the smallest losses."""

    name = "loss-low"
    version = "1"
    needs = frozenset({"losses"})
    card = Card(title="Lowest loss", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Tensor:
        """Return ``capacity`` places, smallest loss first."""
        return ranked(-context.learner.losses(candidates), context.rng("ties"))[:capacity]
