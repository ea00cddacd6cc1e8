"""Whether a classifier's probabilities are those of its answers being right: proper scores, and calibration error.

A proper score is smallest in the mean where the probabilities are the true ones, and falls with what they tell. The
calibration error says only whether a confidence is kept: it is 0 for a classifier that always says how often each class
comes. The two do not replace each other (tests/measures/test_calibration.py has a case where the true answer is known).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
BINS = 15
RESAMPLES = 1000
AT_ONCE = 2**15
"""Answers of how many resamples are side by side: more of them leave the processor's cache."""


def log_scores(logits: Numbers, labels: NDArray[np.int64]) -> Numbers:
    """Return minus the logarithm of the probability of each true class, in nats [N], from logits [N, C]."""
    return np.asarray(-_log_probabilities(logits)[np.arange(len(labels)), labels])


def brier_scores(logits: Numbers, labels: NDArray[np.int64]) -> Numbers:
    """Return the summed squared differences of the probabilities from the true class's 1 and 0 [N], of logits [N, C].

    0 to 2 (Brier 1950, all classes).
    """
    missed = np.exp(_log_probabilities(logits))
    missed[np.arange(len(labels)), labels] -= 1
    return np.asarray(np.square(missed).sum(axis=1))


def calibration_error(confidence: Numbers, correct: NDArray[np.bool_]) -> float:
    """Return the root of the debiased squared calibration error of N answers.

    Over `BINS` bins of equally many answers in the order of their confidence: the weighted mean squared difference of
    confidence and accuracy, minus what chance alone adds to it, acc (1 - acc) / (n - 1) a bin (Kumar, Liang and Ma
    2019). Below 0, as it may be by chance where the truth is small, it is 0.
    """
    return float(np.sqrt(max(float(_squared(*_in_bins(_ranked(confidence, correct)))), 0.0)))


def plug_in_calibration_error(confidence: Numbers, correct: NDArray[np.bool_]) -> float:
    """Return the error as it is usually computed: `calibration_error` with what chance adds to it left in."""
    sizes, means, accuracy = _in_bins(_ranked(confidence, correct))
    return float(np.sqrt(np.average(np.square(means - accuracy), weights=sizes)))


def true_calibration_error(confidence: Numbers, truth: Numbers) -> float:
    """Return the error of N answers whose true probabilities of being right are known.

    The same bins as `calibration_error`, with the mean of the true probabilities for the accuracy, and minus what their
    spread in a bin adds, its variance / n: where they are 1 and 0, the two are equal.
    """
    ranked = _ranked(confidence, truth)
    sizes, means, expected = _in_bins(ranked)
    _, _, squares = _in_bins(np.stack([ranked[:, 0], np.square(ranked[:, 1])], axis=1))
    spread = np.maximum(squares - np.square(expected), 0.0) / (sizes - 1)
    return float(np.sqrt(max(float(np.average(np.square(means - expected) - spread, weights=sizes)), 0.0)))


def calibration_interval(confidence: Numbers, correct: NDArray[np.bool_], level: float) -> tuple[float, float]:
    """Return the interval of `calibration_error` by bootstrap.

    A resample is biased once more, by what chance adds to it: so the draws tell of the spread around their own mean,
    and not of the place.
    """
    rng = np.random.default_rng(0)
    answers = _ranked(confidence, correct)
    count, draws = len(answers), np.empty(RESAMPLES)
    for some in np.array_split(draws, -(-RESAMPLES * count // AT_ONCE)):  # views, which are filled
        rows = np.sort(rng.integers(count, size=(len(some), count)), axis=1)
        some[:] = _squared(*_in_bins(answers[rows]))
    ends = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2]) - draws.mean() + _squared(*_in_bins(answers))
    low, high = np.sqrt(np.maximum(ends, 0.0))
    return float(low), float(high)


def _log_probabilities(logits: Numbers) -> Numbers:
    from scipy.special import log_softmax  # scipy is loaded where it is used: tasks are listed without it

    return np.asarray(log_softmax(logits, axis=1))


def _ranked(confidence: Numbers, correct: NDArray[np.bool_] | Numbers) -> Numbers:
    """Return answers [N, 2] in the order of their confidence."""
    columns = [confidence, np.asarray(correct, dtype=np.float64)]
    return np.stack(columns, axis=1)[np.argsort(confidence, kind="stable")]


def _in_bins(ranked: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return each bin's number of answers, mean confidence and accuracy, of answers [..., N, 2] by confidence.

    Raises:
        ValueError: there are fewer than two answers a bin.
    """
    count = ranked.shape[-2]
    if count < 2 * BINS:
        raise ValueError(f"expected at least {2 * BINS} answers, got {count}")
    starts = np.linspace(0, count, BINS + 1).astype(int)[:-1]
    sizes = np.diff([*starts, count]).astype(np.float64)
    means = np.add.reduceat(ranked, starts, axis=-2) / sizes[:, None]
    return sizes, means[..., 0], means[..., 1]


def _squared(sizes: Numbers, confidence: Numbers, accuracy: Numbers) -> Numbers:
    """Return the debiased squared errors [...] of bins [..., BINS]."""
    chance = accuracy * (1 - accuracy) / (sizes - 1)
    return np.asarray(np.average(np.square(confidence - accuracy) - chance, axis=-1, weights=sizes))
