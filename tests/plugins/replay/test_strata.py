"""Strata and budgets of coverage-centric selection, by hand and by property."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from suite.plugins.replay._strata import budgets, proportional, strata, stratified


@pytest.mark.parametrize(
    ("counts", "total", "expected"),
    [((0, 3, 10, 50), 20, [0, 3, 8, 9]), ((5, 1, 1, 9), 10, [4, 1, 1, 4]), ((4, 4, 4), 7, [2, 2, 3])],
)
def test_budgets_by_hand(counts: tuple[int, ...], total: int, expected: list[int]) -> None:
    assert budgets(counts, total) == expected


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60), st.floats(0, 1))
def test_budgets_sum_and_fit(counts: list[int], share: float) -> None:
    total = int(share * sum(counts))
    found = budgets(counts, total)
    assert sum(found) == total
    assert all(0 <= budget <= count for budget, count in zip(found, counts, strict=True))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20).filter(any), st.floats(0, 1))
def test_proportional_shares_sum_and_fit(counts: list[int], share: float) -> None:
    total = int(share * sum(counts))
    found = proportional(counts, total)
    assert sum(found) == total
    assert all(0 <= each <= count for each, count in zip(found, counts, strict=True))
    assert all(abs(each - total * count / sum(counts)) < 1 for each, count in zip(found, counts, strict=True))


def test_a_negative_top_score_is_in_the_top_stratum() -> None:
    """The authors' upper edge, 1.0001 times the largest score, is -1.0001 here: the sample at -1 would be lost."""
    scores = torch.linspace(-3, -1, 101)
    assert not scores.max() < scores.max() * 1.0001
    found = strata(scores, 50)
    assert found.tolist() == sorted(found.tolist())
    assert (int(found[0]), int(found[-1])) == (0, 49)
    assert sorted(stratified(scores, 101, 50, np.random.default_rng(0)).tolist()) == list(range(101))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.integers(1, 60), st.floats(0, 1))
def test_every_score_is_in_a_stratum_and_any_number_can_be_taken(found: list[float], number: int, share: float) -> None:
    scores, total = torch.tensor(found, dtype=torch.float64), int(share * len(found))
    where = strata(scores, number)
    assert 0 <= int(where.min()) <= int(where.max()) < number
    chosen = stratified(scores, total, number, np.random.default_rng(0))
    assert len(chosen.unique()) == len(chosen) == total


def test_equal_scores_are_one_stratum() -> None:
    for value in (-2.0, 0.0, 3.0):
        assert strata(torch.full((5,), value), 50).tolist() == [0] * 5


def test_draws_are_uniform_within_a_stratum_and_in_random_order() -> None:
    scores = torch.cat([torch.zeros(4), torch.ones(6)])
    found = np.array([stratified(scores, 4, 2, np.random.default_rng(seed)).tolist() for seed in range(3000)])
    counts = np.bincount(found.ravel(), minlength=10)
    assert counts[:4].sum() == counts[4:].sum() == 6000
    assert chisquare(counts[:4]).pvalue > 1e-4
    assert chisquare(counts[4:]).pvalue > 1e-4
    assert chisquare(np.bincount(found[:, 0] >= 4)).pvalue > 1e-4
