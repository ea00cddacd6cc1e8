"""Selection by loss, the smallest first."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked


class LossLow(ReplaySelector):
    """The samples with the smallest losses."""

    name = "loss-low"
    version = "1"
    needs = frozenset({"losses"})
    card = Card(title="Lowest loss", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, smallest loss first."""
        return ranked(-context.learner.losses(candidates), context.rng("ties"))[:capacity]
