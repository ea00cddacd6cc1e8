"""The samples nearest to their class mean."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._ranking import ranked
from ._round_robin import in_turns


class ClosestToMean(ReplaySelector):
    """Smallest Euclidean distance to the mean of the class's features, classes in turn."""

    name = "closest-to-mean"
    version = "1"
    needs = frozenset({"features"})
    card = Card(title="Closest to the class mean", status="baseline")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, classes in turn."""
        features = context.learner.features(candidates).double()
        distances = features.new_empty(len(candidates))
        for label in candidates.labels.unique():
            own = (candidates.labels == label).to(features.device)
            distances[own] = (features[own] - features[own].mean(dim=0)).norm(dim=1)
        return in_turns(ranked(-distances, context.rng("ties")), candidates.labels)[:capacity]
