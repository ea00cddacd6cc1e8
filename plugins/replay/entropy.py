"""Selection by predictive entropy."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked


class Entropy(ReplaySelector):
    """The samples whose predicted class probabilities have the largest entropy."""

    name = "entropy"
    version = "1"
    needs = frozenset({"logits"})
    card = Card(title="Highest entropy", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, largest entropy first."""
        log_p = context.learner.logits(candidates).double().log_softmax(dim=1)
        return ranked(-(log_p.exp() * log_p).sum(dim=1), context.rng("ties"))[:capacity]
