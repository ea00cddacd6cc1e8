"""The largest of several Student statistics: against SciPy's multivariate t and Dunnett's published table."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from suite.stats.maximum import probability, quantile, tabulated_quantile


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize(
    ("count", "freedom", "correlation"), [(2, 3.0, 0.5), (3, 5.0, 0.0), (5, 4.0, 0.7), (10, 8.0, 0.2), (20, 30.0, 0.5)]
)
def test_it_is_scipys_multivariate_t(count: int, freedom: float, correlation: float) -> None:
    shape = np.full((count, count), correlation) + (1 - correlation) * np.eye(count)
    expected = stats.multivariate_t(shape=shape, df=freedom, seed=0).cdf(np.full(count, 2.3), maxpts=200_000)
    assert probability(one(2.3), one(count), one(correlation), freedom)[0] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("count", "freedom", "expected"), [(1, 10, 1.81), (2, 5, 2.44), (5, 10, 2.56), (9, 20, 2.60), (9, math.inf, 2.42)]
)
def test_quantiles_are_dunnetts(count: int, freedom: float, expected: float) -> None:
    """Percentage points of Dunnett (1955, table 1a); correlation 1/2, level 95 %."""
    assert quantile(0.95, one(count), one(0.5), freedom)[0] == pytest.approx(expected, abs=0.01)


@given(st.integers(1, 200), st.floats(0, 0.95), st.sampled_from([2.0, 4.0, 11.5, 60.0, math.inf]))
def test_a_quantile_leaves_its_share_above(count: int, correlation: float, freedom: float) -> None:
    found = quantile(0.95, one(count), one(correlation), freedom)
    below = probability(found, one(count), one(correlation), freedom)[0]
    assert 0.944 <= below <= 0.965  # rather too large than too small, by most for 200 with 2 degrees of freedom


@given(st.integers(1, 200), st.floats(0, 0.95), st.sampled_from([3.0, 7.5, 40.0, math.inf]))
def test_the_table_is_close_to_the_quantile(count: int, correlation: float, freedom: float) -> None:
    exact = quantile(0.95, one(count), one(correlation), freedom)[0]
    assert -0.02 <= tabulated_quantile(0.95, one(count), one(correlation), freedom)[0] - exact <= 0.08


def test_more_statistics_reach_further() -> None:
    counts = np.array([1.0, 2.0, 5.0, 30.0, 400.0])
    assert (np.diff(quantile(0.95, counts, np.full(5, 0.5), 6.0)) > 0).all()
