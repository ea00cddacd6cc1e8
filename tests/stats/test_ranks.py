"""Ranks: places by mean, intervals by what the seeds can separate."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from suite.stats.ranks import Rank, over_seeds
from suite.stats.ranks import rank as rank_by

tables = st.integers(1, 6).flatmap(
    lambda seeds: st.lists(
        st.lists(st.floats(0, 1), min_size=seeds, max_size=seeds).map(lambda row: dict(enumerate(row))),
        min_size=1,
        max_size=8,
    )
)


def seeded(*values: float) -> dict[int, float]:
    return dict(enumerate(values))


def rank(table: list[dict[int, float]], *, higher_is_better: bool) -> list[Rank]:
    means = [sum(row.values()) / len(row) for row in table]
    return rank_by(means, over_seeds(table), higher_is_better=higher_is_better)


def test_clear_gaps_give_narrow_intervals() -> None:
    rng = np.random.default_rng(0)
    table = [dict(enumerate(base + rng.normal(scale=0.001, size=5))) for base in (0.7, 0.9, 0.8)]
    assert rank(table, higher_is_better=True) == [Rank(3, 3, 3), Rank(1, 1, 1), Rank(2, 2, 2)]
    assert rank(table, higher_is_better=False) == [Rank(1, 1, 1), Rank(3, 3, 3), Rank(2, 2, 2)]


def test_noise_gives_wide_intervals_and_ties_share_a_place() -> None:
    table = [seeded(0.9, 0.7, 0.8), seeded(0.7, 0.9, 0.8), seeded(0.8, 0.6, 0.85)]
    found = rank(table, higher_is_better=True)
    assert [each.place for each in found] == [1, 1, 3]
    assert all((each.best, each.worst) == (1, 3) for each in found)


def test_one_seed_separates_nothing() -> None:
    found = rank([seeded(0.9), seeded(0.1)], higher_is_better=True)
    assert found == [Rank(1, 1, 2), Rank(2, 1, 2)]


def test_only_common_seeds_are_compared() -> None:
    assert rank([{0: 0.9, 1: 0.8}, {2: 0.1, 3: 0.2}], higher_is_better=True) == [Rank(1, 1, 2), Rank(2, 1, 2)]


@given(tables)
def test_the_place_lies_in_the_interval(table: list[dict[int, float]]) -> None:
    for each in rank(table, higher_is_better=True):
        assert 1 <= each.best <= each.worst <= len(table)
        assert each.best <= each.place <= each.worst


def test_family_wise_error_is_nominal_when_all_methods_are_equal() -> None:
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(300):
        seeds = rng.normal(size=5)
        table = [dict(enumerate(seeds + rng.normal(scale=0.5, size=5))) for _ in range(5)]
        wrong += any((each.best, each.worst) != (1, 5) for each in rank(table, higher_is_better=True))
    assert wrong / 300 <= 0.08
