"""Means of a whole table at once say what the interval of each column by itself says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from suite.stats.intervals import t_interval
from suite.stats.means import means_over_seeds

VALUES = arrays(
    np.float64,
    array_shapes(min_dims=3, max_dims=3, max_side=6),
    elements=st.one_of(st.just(np.nan), st.sampled_from([0.0, 0.5, 1.0]), st.floats(-1e6, 1e6)),
)


@given(VALUES)
def test_each_mean_and_interval_is_that_of_its_column(values: np.ndarray) -> None:
    found = means_over_seeds(values)
    for row, column in np.ndindex(values.shape[0], values.shape[2]):
        of_seeds = values[row, :, column]
        known = of_seeds[~np.isnan(of_seeds)]
        assert found.counts[row, column] == len(known)
        if not len(known):
            assert np.isnan(found.means[row, column])
            continue
        interval = t_interval(known.tolist(), over="seeds")
        assert found.means[row, column] == pytest.approx(known.mean())
        if interval is None:
            assert np.isnan(found.halves[row, column])
        else:
            assert found.halves[row, column] == pytest.approx((interval.high - interval.low) / 2, rel=1e-6)


def test_a_known_interval() -> None:
    found = means_over_seeds(np.array([[[1.0], [2.0], [3.0], [np.nan]]]))
    assert (found.counts, found.means) == (3, 2.0)
    assert found.halves[0, 0] == pytest.approx(4.302653 / 3**0.5)
