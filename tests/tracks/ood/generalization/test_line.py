"""The line over models, and effective robustness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import linregress

from suite.tracks.ood.generalization.line import fitted

ACCURACIES = st.lists(st.floats(0.01, 0.99), min_size=3, max_size=20, unique=True)


@given(ACCURACIES, st.floats(-2, 2), st.floats(-2, 2))
def test_a_line_is_found_and_nothing_is_above_it(clean: list[float], slope: float, intercept: float) -> None:
    shifted = np.clip(ndtr(slope * ndtri(clean) + intercept), 0.002, 0.998)
    line = fitted(clean, shifted)
    if np.ptp(clean) > 0.01 and shifted.min() > 0.002 and shifted.max() < 0.998:
        assert (line.slope, line.intercept) == pytest.approx((slope, intercept), abs=1e-5)
        assert line.above(clean, shifted) == pytest.approx(0, abs=1e-6)


def test_it_is_the_regression_of_probits() -> None:
    rng = np.random.default_rng(0)
    clean, shifted = rng.uniform(0.6, 0.99, 30), rng.uniform(0.2, 0.9, 30)
    line, reference = fitted(clean, shifted), linregress(ndtri(clean), ndtri(shifted))
    assert (line.slope, line.intercept) == pytest.approx((reference.slope, reference.intercept))
    assert line.explained == pytest.approx(reference.rvalue**2)
    assert line.above(0.8, line.expected(0.8) + 0.1) == pytest.approx(0.1)


def test_perfect_models_have_a_place_and_equal_ones_have_no_line() -> None:
    assert np.isfinite(fitted([0.5, 0.9, 1.0], [0.0, 0.4, 1.0]).slope)
    with pytest.raises(ValueError, match=r"three models of different accuracy on clean images\. There are 3"):
        fitted([0.9, 0.9, 0.9], [0.1, 0.2, 0.3])
