"""Herding, closest to mean and k-centre, by hand and against plain loops over their definitions."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from suite.plugins.replay.closest_to_mean import ClosestToMean
from suite.plugins.replay.herding import Herding, herded
from suite.plugins.replay.k_center import KCenter


def plain_herding(features: Tensor, count: int) -> list[int]:
    """Return what minimises |mu - (sum of chosen + f) / (i + 1)|, as Avalanche and Mammoth write it."""
    chosen: list[int] = []
    for number in range(count):
        distances = (features.mean(dim=0) - (features[chosen].sum(dim=0) + features) / (number + 1)).norm(dim=1)
        distances[chosen] = torch.inf
        chosen.append(int(distances.argmin()))
    return chosen


@pytest.mark.parametrize("seed", range(5))
def test_herding_is_the_plain_loop(seed: int) -> None:
    features = torch.randn(60, 8, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    assert herded(features, 60).tolist() == plain_herding(features, 60)


def test_herding_by_hand(context: Any, learner: Any, labelled: Any) -> None:
    """The mean of angles 0, 20 and 100 is at about 36: first 20, then 100 rather than 0, whose mean with 20 is 60."""
    degrees = torch.tensor([0.0, 20.0, 100.0, 0.0]).deg2rad()
    lengths = torch.tensor([1.0, 5.0, 0.1, 1.0])[:, None]
    learner.looks["features"] = lambda _: torch.stack([degrees.cos(), degrees.sin()], dim=1) * lengths
    assert Herding().select(labelled([0, 0, 0, 1]), 4, context()).tolist() == [1, 3, 2, 0]


def test_herding_tracks_the_mean_better_than_chance(digits: Any, context: Any, learner: Any) -> None:
    threes = digits[digits.labels == 3]
    features = torch.nn.functional.normalize(learner.features(threes))
    chosen = Herding().select(threes, 10, context())
    generator = torch.Generator().manual_seed(0)
    random = [torch.randperm(len(threes), generator=generator)[:10] for _ in range(100)]
    error, *chance = ((features[places].mean(dim=0) - features.mean(dim=0)).norm() for places in (chosen, *random))
    assert error < torch.stack(chance).mean() / 1.5


def test_closest_to_mean_by_hand(context: Any, learner: Any, labelled: Any) -> None:
    learner.looks["features"] = lambda _: torch.tensor([[0.0], [1.0], [5.0], [10.0], [10.0], [13.0]])
    # the first class's mean is 2, the second's 11
    assert ClosestToMean().select(labelled([0, 0, 0, 1, 1, 1]), 5, context()).tolist()[::2] == [1, 0, 2]
    assert set(ClosestToMean().select(labelled([0, 0, 0, 1, 1, 1]), 4, context()).tolist()[1::2]) == {3, 4}


def test_k_centre_by_hand(context: Any, learner: Any, labelled: Any) -> None:
    learner.looks["features"] = lambda _: torch.tensor([[0.0], [4.0], [5.0], [6.0], [12.0], [4.0]])
    # the mean is 5.2; then 12, 0, and of those at distance 1 the first, whose duplicate comes last
    assert KCenter().select(labelled([0] * 6), 6, context()).tolist() == [2, 4, 0, 1, 3, 5]


def test_k_centre_covers_within_twice_the_best(context: Any, learner: Any, labelled: Any) -> None:
    from itertools import combinations

    points = torch.randn(12, 2, generator=torch.Generator().manual_seed(1))
    learner.looks["features"] = lambda _: points
    distances = torch.cdist(points, points)
    chosen = KCenter().select(labelled([0] * 12), 3, context())
    best = min(float(distances[:, list(three)].amin(dim=1).max()) for three in combinations(range(12), 3))
    assert float(distances[:, chosen].amin(dim=1).max()) <= 2 * best
