"""The set of methods that are not told apart from the best, and how far each is behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.stats.best import against_the_best
from suite.stats.field import paired_field

tables = st.tuples(st.integers(1, 8), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1, width=32))
)


@given(tables)
def test_the_first_is_always_in_the_set_and_intervals_hold_the_estimate(array: np.ndarray) -> None:
    found = against_the_best(paired_field(array))
    assert found.tied[array.mean(1).argmax()]
    known = np.isfinite(found.low)
    assert (found.low[known] <= found.behind[known] + 1e-9).all()
    assert (found.high[known] >= found.behind[known] - 1e-9).all()
    assert (found.low[known & found.tied] == 0).all()
    assert ((found.p >= 0.05) == found.tied).all()


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_methods_does_not_matter(array: np.ndarray, random: object) -> None:
    order = np.random.default_rng(7).permutation(len(array))
    one, other = against_the_best(paired_field(array)), against_the_best(paired_field(array[order]))
    assert one.p[order] == pytest.approx(other.p, abs=1e-6)


def test_a_clear_winner_stands_alone() -> None:
    rng = np.random.default_rng(0)
    array = np.array([0.9, 0.7, 0.5, 0.5])[:, None] + rng.normal(size=5) + 0.01 * rng.normal(size=(4, 5))
    found = against_the_best(paired_field(array))
    assert found.tied.tolist() == [True, False, False, False]
    assert (found.low[1:] > 0).all()
    assert found.low[1] < 0.2 < found.high[1]


def test_one_seed_without_samples_tells_nobody_apart() -> None:
    found = against_the_best(paired_field(np.array([[0.9], [0.1], [0.2]])))
    assert found.tied.all()
    assert np.isnan(found.low).all()


def test_a_constant_difference_tells_apart() -> None:
    """Three of basins/d50: the clearest differences are those that never vary."""
    found = against_the_best(paired_field(np.repeat([[1.0], [0.75], [0.75]], 3, axis=1)))
    assert found.tied.tolist() == [True, False, False]
    assert found.low.tolist() == pytest.approx([0, 0.25, 0.25])


def test_a_method_alone_is_the_best() -> None:
    found = against_the_best(paired_field(np.array([[0.5, 0.6]])))
    assert found.tied.tolist() == [True]
    assert (found.low[0], found.high[0]) == (0, 0)
