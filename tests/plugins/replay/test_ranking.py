"""Ties are broken at random, rounding breaks none, and weights draw in proportion."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from suite.plugins.replay._ranking import drawn, levels, ranked


def test_levels_rise_with_scores_and_ignore_rounding() -> None:
    scores = torch.tensor([2.0, 1.0, 1.0 + 1e-12, -3.0, 2.0 - 1e-11], dtype=torch.float64)
    assert levels(scores).tolist() == [2, 1, 1, 0, 2]
    assert levels(scores * 1e-200).tolist() == [2, 1, 1, 0, 2]
    assert levels(torch.zeros(3)).tolist() == [0, 0, 0]
    assert levels(torch.zeros(0)).tolist() == []


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_scores_that_are_no_numbers_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="1 of 2 scores are not finite"):
        levels(torch.tensor([1.0, bad]))


def test_ties_come_in_every_order() -> None:
    scores = torch.tensor([1.0, 1.0, 5.0, 1.0 - 1e-13])
    orders = [tuple(ranked(scores, np.random.default_rng(seed)).tolist()) for seed in range(600)]
    assert {order[0] for order in orders} == {2}
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 6
    assert chisquare(counts).pvalue > 1e-4


def test_draws_are_in_proportion_and_zeros_last() -> None:
    weights = torch.tensor([0.0, 1.0, 2.0, 0.0, 7.0])
    orders = np.array([drawn(weights, np.random.default_rng(seed)).tolist() for seed in range(5000)])
    assert chisquare(np.bincount(orders[:, 0], minlength=5)[[1, 2, 4]], [500, 1000, 3500]).pvalue > 1e-4
    second = np.bincount(orders[orders[:, 0] == 4, 1], minlength=5)
    assert chisquare(second[[1, 2]], second.sum() * np.array([1, 2]) / 3).pvalue > 1e-4
    assert set(orders[:, 3:].ravel().tolist()) == {0, 3}
    assert chisquare(np.bincount(orders[:, 4], minlength=4)[[0, 3]]).pvalue > 1e-4
