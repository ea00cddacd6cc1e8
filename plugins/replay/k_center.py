"""Greedy k-centre."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector


class KCenter(ReplaySelector):
    """One by one the sample whose feature is furthest from those chosen; the first is nearest to the overall mean.

    Source: Sener and Savarese 2018, algorithm 1, who start from what is labelled already. Here nothing is, and the
    start is ours.
    """

    name = "k-center"
    version = "1"
    needs = frozenset({"features"})
    card = Card(
        title="Greedy k-centre",
        status="paper",
        paper="Active Learning for Convolutional Neural Networks: A Core-Set Approach",
        authors="Ozan Sener, Silvio Savarese",
        year=2018,
        url="https://arxiv.org/abs/1708.00489",
        note="Their greedy algorithm on features; the first centre is the sample nearest to the mean.",
    )

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places."""
        features = context.learner.features(candidates).double()
        place = int((features - features.mean(dim=0)).norm(dim=1).argmin())
        chosen: list[int] = []
        distances = torch.full_like(features[:, 0], torch.inf)
        while len(chosen) < capacity:
            chosen.append(place)
            distances = torch.minimum(distances, (features - features[place]).square().sum(dim=1))
            distances[place] = -1.0  # below every distance, those of duplicates included
            place = int(distances.argmax())
        return torch.tensor(chosen)
