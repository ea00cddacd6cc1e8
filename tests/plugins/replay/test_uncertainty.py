"""Selections by loss, entropy and margin, and Rainbow memory, on predictions that are given."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from suite.plugins.replay.entropy import Entropy
from suite.plugins.replay.loss_high import LossHigh
from suite.plugins.replay.loss_low import LossLow
from suite.plugins.replay.margin import Margin
from suite.plugins.replay.rainbow import Rainbow, spread, uncertainty

SHARES = torch.tensor([[0.8, 0.1, 0.1], [0.5, 0.5, 0.0], [0.4, 0.3, 0.3], [0.6, 0.39, 0.01]])
LABELS = [0, 0, 2, 1]


@pytest.mark.parametrize(
    ("method", "order"),
    [
        (LossHigh, [2, 3, 1, 0]),  # p(true): 0.8, 0.5, 0.3, 0.39
        (LossLow, [0, 1, 3, 2]),
        (Entropy, [2, 3, 1, 0]),  # 0.64, 0.69, 1.09, 0.72
        (Margin, [1, 2, 3, 0]),  # 0.7, 0, 0.1, 0.21
    ],
)
def test_the_order_is_that_of_the_formula(
    method: Any, order: list[int], context: Any, learner: Any, labelled: Any
) -> None:
    learner.looks["logits"] = lambda _: (SHARES + 1e-9).log()
    assert method().select(labelled(LABELS), 4, context()).tolist() == order
    assert method().select(labelled(LABELS), 2, context()).tolist() == order[:2]


def test_uncertainty_is_the_share_of_other_votes() -> None:
    votes = torch.tensor([[0, 1, 2], [0, 1, 1], [0, 2, 0], [0, 2, 1]])  # [T, N]
    logits = torch.nn.functional.one_hot(votes, 3).float()
    assert uncertainty(logits).tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_beginnings_of_the_spread_are_spread(count: int) -> None:
    order = spread(count)
    assert sorted(order) == list(range(count))
    assert spread(8) == [0, 4, 2, 6, 1, 5, 3, 7]
    for number in (2, 4):
        if number <= count:
            parts = [place * number // count for place in order[:number]]
            assert max(parts) - min(parts) >= number // 2


def test_rainbow_takes_evenly_spaced_uncertainties(context: Any, learner: Any, labelled: Any) -> None:
    """Sample i of 8 has i of 16 votes for another class: by falling uncertainty 7, 6, .., 0."""
    votes = (torch.arange(16)[:, None] < torch.arange(8)).long().tile(1, 2)
    learner.augmented_logits = lambda samples, times, generator: torch.nn.functional.one_hot(votes, 2).float()
    samples = labelled([0] * 8 + [1] * 8)
    chosen = Rainbow().select(samples, 8, context()).tolist()
    assert chosen == [7, 15, 3, 11, 5, 13, 1, 9]
    assert sorted(Rainbow().select(samples, 6, context()).tolist()[::2]) == [2, 5, 7]  # of places 0, 2 and 5


def test_rainbow_asks_for_its_augmentations(context: Any, learner: Any, digits: Any) -> None:
    Rainbow(times=5).select(digits[:30], 10, context())
    assert learner.forward_passes == 150
