"""Selection by margin."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked


class Margin(ReplaySelector):
    """The samples whose two largest class probabilities are nearest to each other."""

    name = "margin"
    version = "1"
    needs = frozenset({"logits"})
    card = Card(title="Smallest margin", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, smallest margin first."""
        first, second = context.learner.logits(candidates).double().softmax(dim=1).topk(2).values.unbind(dim=1)
        return ranked(second - first, context.rng("ties"))[:capacity]
