"""Ranks: places by mean, intervals by what can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.stats.best import against_the_best
from suite.stats.field import Field, paired_field
from suite.stats.ranks import Ranks, marginal_ranks, simultaneous_ranks

tables = st.tuples(st.integers(1, 8), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1, width=32))
)


def intervals(ranks: Ranks) -> list[tuple[int, int, int]]:
    return list(zip(ranks.place.tolist(), ranks.best.tolist(), ranks.worst.tolist(), strict=True))


def marginal(field: Field) -> Ranks:
    return marginal_ranks(field, against_the_best(field).tied)


@pytest.mark.parametrize("ranks", [marginal, simultaneous_ranks])
def test_clear_gaps_give_narrow_intervals(ranks: object) -> None:
    rng = np.random.default_rng(0)
    field = paired_field(np.array([0.7, 0.9, 0.8])[:, None] + 0.001 * rng.normal(size=(3, 5)))
    assert callable(ranks)
    assert intervals(ranks(field)) == [(3, 3, 3), (1, 1, 1), (2, 2, 2)]


def test_noise_gives_wide_intervals_and_ties_share_a_place() -> None:
    field = paired_field(np.array([[0.9, 0.7, 0.8], [0.7, 0.9, 0.8], [0.8, 0.6, 0.85]]))
    assert intervals(marginal(field)) == [(1, 1, 3), (1, 1, 3), (3, 1, 3)]


def test_one_seed_separates_nothing() -> None:
    assert intervals(marginal(paired_field(np.array([[0.9], [0.1]])))) == [(1, 1, 2), (2, 1, 2)]


@given(tables)
def test_the_place_lies_in_both_intervals(array: np.ndarray) -> None:
    field = paired_field(array)
    for ranks in (marginal(field), simultaneous_ranks(field)):
        for place, best, worst in intervals(ranks):
            assert 1 <= best <= place <= worst <= len(array)


@given(tables)
def test_only_what_is_tied_may_be_first(array: np.ndarray) -> None:
    field = paired_field(array)
    assert ((marginal(field).best == 1) == against_the_best(field).tied).all()


@given(tables)
def test_the_first_place_is_certain_only_where_nothing_else_is_tied(array: np.ndarray) -> None:
    field = paired_field(array)
    if against_the_best(field).tied.sum() > 1:
        assert (marginal(field).worst > 1).all()
