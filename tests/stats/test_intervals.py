"""Student's interval: known values, coverage, and silence where there is nothing to say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from suite.stats.intervals import t_interval

values = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20)


@given(values)
def test_it_is_scipys(sample: list[float]) -> None:
    found = t_interval(sample, over="seeds")
    if found is None:
        assert np.std(sample) <= 1e-11 * max(1.0, np.abs(sample).max())
        return
    expected = stats.t.interval(0.95, len(sample) - 1, np.mean(sample), stats.sem(sample))
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_it_says_what_it_is_over() -> None:
    found = t_interval([1.0, 2.0, 3.0], over="seeds", level=0.9)
    assert found is not None
    assert (found.basis, found.n, found.level) == ("t over seeds", 3, 0.9)


@pytest.mark.parametrize("sample", [[0.5], [0.5, 0.5, 0.5]])
def test_one_value_or_no_spread_gives_none(sample: list[float]) -> None:
    assert t_interval(sample, over="seeds") is None


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        t_interval([1.0, float("nan")], over="seeds")


def test_coverage_is_nominal() -> None:
    draws = np.random.default_rng(0).normal(3.0, 2.0, size=(2000, 5))
    intervals = [t_interval(row.tolist(), over="seeds") for row in draws]
    covered = np.mean([each is not None and each.low <= 3.0 <= each.high for each in intervals])
    assert 0.93 <= covered <= 0.97
