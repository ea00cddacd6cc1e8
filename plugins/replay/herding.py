"""Herding, as iCaRL chooses exemplars."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._round_robin import in_turns, shares


class Herding(ReplaySelector):
    """Per class one by one the sample that brings the mean of the chosen features nearest to the class mean.

    Source: Rebuffi et al. 2017, algorithm 4, on features of unit length; classes in turn. The order is that of the
    paper, of Avalanche and of Mammoth. Continuum follows other code of iCaRL's, with another order.
    """

    name = "herding"
    version = "1"
    needs = frozenset({"features"})
    card = Card(
        title="Herding",
        status="paper",
        paper="iCaRL: Incremental Classifier and Representation Learning",
        authors="Sylvestre-Alvise Rebuffi, Alexander Kolesnikov, Georg Sperl, Christoph H. Lampert",
        year=2017,
        url="https://arxiv.org/abs/1611.07725",
    )

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, classes in turn."""
        features = torch.nn.functional.normalize(context.learner.features(candidates).double())
        chosen = []
        for label, share in shares(candidates.labels, capacity).items():
            places = torch.where(candidates.labels == label)[0]
            chosen.append(places[herded(features[places.to(features.device)], share)])
        return in_turns(torch.cat(chosen), candidates.labels)[:capacity]


def herded(features: torch.Tensor, count: int) -> torch.Tensor:
    """Return ``count`` places of features [N, D], the i-th minimising ``|mean - (sum of chosen + f) / i|``."""
    squares, mean = features.square().sum(dim=1), features.mean(dim=0)
    total, free = torch.zeros_like(mean), torch.zeros_like(squares)
    chosen = []
    for number in range(1, count + 1):
        distances = squares - 2 * features @ (number * mean - total)  # i^2 the squared distance, less a constant
        place = int((distances + free).argmin())
        chosen.append(place)
        total += features[place]
        free[place] = torch.inf
    return torch.tensor(chosen)
