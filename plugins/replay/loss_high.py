"""Selection by loss, the largest first."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked


class LossHigh(ReplaySelector):
    """The samples with the largest losses."""

    name = "loss-high"
    version = "1"
    needs = frozenset({"losses"})
    card = Card(title="Highest loss", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, largest loss first."""
        return ranked(context.learner.losses(candidates), context.rng("ties"))[:capacity]
