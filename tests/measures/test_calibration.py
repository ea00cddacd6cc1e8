"""Calibration, where the true probabilities are known: which number says what, and that none is off by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import softmax

from suite.measures.calibration import (
    BINS,
    _in_bins,
    _ranked,
    brier_scores,
    calibration_error,
    calibration_interval,
    log_scores,
    plug_in_calibration_error,
    true_calibration_error,
)

CLASSES = 4


def drawn(rng: np.random.Generator, count: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return logits [N, C] and labels that are drawn by just these probabilities."""
    logits = 2 * rng.standard_normal((count, CLASSES))
    cumulative = softmax(logits, axis=1).cumsum(axis=1)
    labels = np.minimum((rng.random((count, 1)) > cumulative).sum(axis=1), CLASSES - 1)
    return logits, labels


def confident(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return softmax(logits, axis=1).max(axis=1), logits.argmax(axis=1) == labels


def plain(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """Return the squared error as it is usually computed, with what chance adds."""
    sizes, means, accuracy = _in_bins(_ranked(confidence, correct))
    return float(np.average((means - accuracy) ** 2, weights=sizes))


def test_true_probabilities_have_no_error_and_the_plain_estimate_says_they_have() -> None:
    rng = np.random.default_rng(0)
    answers = [confident(*drawn(rng, 300)) for _ in range(200)]
    debiased = [plain(*each) - chance(*each) for each in answers]
    error = np.std(debiased) / np.sqrt(len(debiased))
    assert abs(np.mean(debiased)) < 4 * error
    assert np.mean([plain(*each) for each in answers]) > 20 * error


def chance(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    sizes, _, accuracy = _in_bins(_ranked(confidence, correct))
    return float(np.average(accuracy * (1 - accuracy) / (sizes - 1), weights=sizes))


@pytest.mark.parametrize("sharpness", [0.3, 0.7, 1.5, 3.0])
def test_proper_scores_are_smallest_for_the_true_probabilities(sharpness: float) -> None:
    logits, labels = drawn(np.random.default_rng(1), 20_000)
    for scores in (log_scores, brier_scores):
        assert scores(logits, labels).mean() < scores(sharpness * logits, labels).mean()
    assert calibration_error(*confident(sharpness * logits, labels)) > calibration_error(*confident(logits, labels))


def test_a_classifier_that_knows_nothing_keeps_its_confidence_and_proper_scores_tell() -> None:
    logits, labels = drawn(np.random.default_rng(2), 20_000)
    ignorant = np.log(np.bincount(labels, minlength=CLASSES) / len(labels)) * np.ones_like(logits)
    assert calibration_error(*confident(ignorant, labels)) < 0.02
    assert log_scores(ignorant, labels).mean() > log_scores(logits, labels).mean() + 0.3
    assert brier_scores(ignorant, labels).mean() > brier_scores(logits, labels).mean() + 0.2


def test_intervals_cover_the_true_error() -> None:
    sharpness, rng, covered = 2.0, np.random.default_rng(3), 0
    truth = calibration_error(*confident(*(lambda logits, labels: (sharpness * logits, labels))(*drawn(rng, 400_000))))
    for _ in range(60):
        logits, labels = drawn(rng, 600)
        low, high = calibration_interval(*confident(sharpness * logits, labels), 0.95)
        covered += low <= truth <= high
    assert covered >= 52  # 57 expected; fewer than 52 of 60 at 95 % happens once in 100


@pytest.mark.parametrize("count", [30, 393, 1000])
def test_an_interval_is_that_of_resamples_one_by_one(count: int) -> None:
    confidence, correct = confident(*drawn(np.random.default_rng(5), count))
    rng, ranked = np.random.default_rng(0), _ranked(confidence, correct)
    draws = [_debiased(ranked[np.sort(rng.integers(count, size=count))]) for _ in range(1000)]
    ends = np.quantile(draws, [0.025, 0.975]) - np.mean(draws) + _debiased(ranked)
    assert calibration_interval(confidence, correct, 0.95) == pytest.approx(np.sqrt(np.maximum(ends, 0)), abs=1e-12)


def _debiased(ranked: NDArray[np.float64]) -> float:
    sizes, means, accuracy = _in_bins(ranked)
    return float(np.average((means - accuracy) ** 2 - accuracy * (1 - accuracy) / (sizes - 1), weights=sizes))


@given(st.integers(0, 1000), st.integers(2 * BINS, 200))
def test_scores_are_their_definitions(seed: int, count: int) -> None:
    logits, labels = drawn(np.random.default_rng(seed), count)
    probabilities = softmax(logits, axis=1)
    picked = probabilities[np.arange(count), labels]
    assert log_scores(logits, labels) == pytest.approx(-np.log(picked))
    assert brier_scores(logits, labels) == pytest.approx(((probabilities - np.eye(CLASSES)[labels]) ** 2).sum(axis=1))
    assert 0 <= calibration_error(*confident(logits, labels)) <= 1


def test_too_few_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 30 answers, got 29"):
        calibration_error(np.full(29, 0.5), np.ones(29, dtype=bool))


@pytest.mark.parametrize("sharpness", [1.0, 1.3, 2.0])
def test_the_debiased_error_is_the_true_one_in_the_mean_and_the_plug_in_one_is_larger(sharpness: float) -> None:
    """Squared, by 400 draws of 300 answers: where the probabilities are the true ones, and where they are not."""
    rng, pairs = np.random.default_rng(4), []
    for _ in range(400):
        logits, labels = drawn(rng, 300)
        confidence, correct = confident(sharpness * logits, labels)
        truth = np.take_along_axis(softmax(logits, axis=1), logits.argmax(axis=1)[:, None], axis=1)[:, 0]
        expected = _squared_of(confidence, truth)
        debiased = plain(confidence, correct) - chance(confidence, correct)
        pairs.append((debiased - expected, plug_in_calibration_error(confidence, correct) ** 2 - expected))
    errors = np.std(pairs, axis=0) / np.sqrt(len(pairs))
    off = np.mean(pairs, axis=0)
    assert abs(off[0]) < 4 * errors[0]
    assert off[1] > 10 * errors[1]


def _squared_of(confidence: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Return the expected squared difference of confidence and accuracy in the bins, of the very answers drawn."""
    sizes, means, expected = _in_bins(_ranked(confidence, truth))
    return float(np.average((means - expected) ** 2, weights=sizes))


@given(st.integers(0, 1000), st.integers(2 * BINS, 300), st.floats(0.5, 3))
def test_the_three_errors_are_in_their_order(seed: int, count: int, sharpness: float) -> None:
    """With hits for true probabilities the true error is the debiased one, and neither is over the plug-in one."""
    logits, labels = drawn(np.random.default_rng(seed), count)
    confidence, correct = confident(sharpness * logits, labels)
    debiased = calibration_error(confidence, correct)
    assert true_calibration_error(confidence, correct.astype(np.float64)) == pytest.approx(debiased, abs=1e-9)
    assert debiased <= plug_in_calibration_error(confidence, correct) + 1e-12
    assert true_calibration_error(confidence, confidence) == pytest.approx(0, abs=1e-9)
