"""The columns that every track with logits has: what they are of, and where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from suite.measures.calibration import calibration_error, calibration_interval
from suite.measures.probabilities import LEAST, answered, calibration, metrics_of


@given(st.integers(0, 1000), st.integers(1, 50), st.integers(2, 6))
def test_columns_are_of_the_softmax_and_within_their_metrics_bounds(seed: int, count: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = 5 * rng.standard_normal((count, classes)), rng.integers(classes, size=count)
    columns, probabilities = answered(logits, labels), softmax(logits, axis=1)
    truth = np.eye(classes)[labels]
    assert columns["confidence"] == pytest.approx(probabilities.max(axis=1))
    assert columns["log_score"] == pytest.approx(-np.log((probabilities * truth).sum(axis=1)))
    assert columns["brier_score"] == pytest.approx(np.square(probabilities - truth).sum(axis=1))
    for metric in metrics_of("Of these."):
        assert all(metric.contains(value) for value in columns.get(metric.name, ()))


def drawn(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.5, 1, count)
    return confidence, rng.random(count) < confidence - 0.2


def test_one_set_has_an_interval_and_several_have_the_mean() -> None:
    sets = [drawn(300), drawn(400, seed=1)]
    one, both = calibration(sets[:1]), calibration(sets)
    assert one is not None
    assert both is not None
    assert (one.value, one.n) == (calibration_error(*sets[0]), 300)
    assert one.interval is not None
    assert (one.interval.low, one.interval.high) == calibration_interval(*sets[0], 0.95)
    assert one.interval.low < one.value < one.interval.high
    assert (both.n, both.interval) == (700, None)
    assert both.value == pytest.approx(np.mean([calibration_error(*each) for each in sets]))


def test_too_few_answers_and_answers_that_are_no_numbers_have_none() -> None:
    confidence, correct = drawn(LEAST)
    assert calibration([(confidence, correct)]) is not None
    assert calibration([(confidence[1:], correct[1:])]) is None
    assert calibration([drawn(300), (confidence[1:], correct[1:])]) is None
    confidence[3] = np.nan
    assert calibration([(confidence, correct)]) is None
    assert calibration([]) is None
    assert all(np.isnan(column).all() for column in answered(np.array([[np.nan, 0.0]]), np.array([0])).values())
