"""Uncertainty over samples: exact on means, with the coverage that it claims."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from suite.stats.sampled import estimate, normal_interval, paired_normal, standard_error

VALUES = arrays(np.float64, st.integers(2, 30), elements=st.floats(-10, 10))


@given(VALUES)
def test_one_stratum_is_the_standard_error_of_the_mean(values: np.ndarray) -> None:
    assert standard_error({"all": values}) == pytest.approx(stats.sem(values), abs=1e-12)
    assert estimate({"all": values}) == pytest.approx(values.mean())


@given(VALUES, VALUES)
def test_variances_of_strata_add_up(a: np.ndarray, b: np.ndarray) -> None:
    both = standard_error({"a": a, "b": b}) ** 2
    assert both == pytest.approx(standard_error({"a": a}) ** 2 + standard_error({"b": b}) ** 2)


def test_the_interval_covers_as_often_as_it_claims() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(2000):
        found = normal_interval({"a": rng.exponential(size=300), "b": -rng.normal(size=200)}, basis="samples")
        assert found is not None
        hits += found.low <= 1.0 <= found.high
    assert hits / 2000 == pytest.approx(0.95, abs=0.015)


def test_pairing_removes_what_both_share() -> None:
    rng = np.random.default_rng(1)
    shared, gain = rng.normal(size=500), rng.normal(0.1, 0.2, size=500)
    a, b = {"all": shared + gain}, {"all": shared}
    found = paired_normal(a, b, basis="samples")
    assert found.interval is not None
    assert found.p is not None
    assert found.mean == pytest.approx(gain.mean())
    assert found.interval.high - found.interval.low < 0.25 * 2 * 1.96 * standard_error(b)
    assert found.p == pytest.approx(2 * stats.norm.sf(gain.mean() / stats.sem(gain)))
    back = paired_normal(b, a, basis="samples")
    assert (back.mean, back.p) == (-found.mean, found.p)


def test_no_spread_gives_no_interval() -> None:
    assert normal_interval({"all": np.ones(10)}, basis="samples") is None
    assert normal_interval({"all": np.array([1.0, 2.0]), "other": np.array([1.0])}, basis="samples") is None
    assert paired_normal({"all": np.arange(3.0)}, {"all": np.arange(3.0)}, basis="samples").p is None


@pytest.mark.parametrize("other", [{"all": np.zeros(2)}, {"rest": np.zeros(3)}])
def test_other_samples_are_refused(other: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="not of the same samples"):
        paired_normal({"all": np.zeros(3)}, other, basis="samples")
