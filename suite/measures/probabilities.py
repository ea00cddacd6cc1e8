"""What a classifier's probabilities are worth, as the columns that every track with logits has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Interval, Metric, Value
from suite.measures.calibration import (
    BINS,
    Numbers,
    brier_scores,
    calibration_error,
    calibration_interval,
    log_scores,
)

LEVEL = 0.95
LEAST = 2 * BINS
"""The fewest answers for a calibration error: two in each bin."""
LOG, BRIER, CALIBRATION = "log_score", "brier_score", "calibration_error"


def metrics_of(what: str) -> tuple[Metric, Metric, Metric]:
    """Return `LOG`, `BRIER` and `CALIBRATION`; ``what`` is a sentence of each: of what a track takes them."""
    return (
        Metric(
            name=LOG,
            direction="lower",
            bounds=(0, None),
            unit="nats",
            definition="Minus the logarithm of the probability that the softmax of the logits gives the true class, in "
            f"the mean. {what} A proper score.",
        ),
        Metric(
            name=BRIER,
            direction="lower",
            bounds=(0, 2),
            unit="squared probability",
            definition="The summed squared difference of the probabilities from the true class's 1 and 0 (Brier 1950), "
            f"in the mean. {what} A proper score.",
        ),
        Metric(
            name=CALIBRATION,
            direction="lower",
            bounds=(0, 1),
            unit="fraction",
            definition=f"Answers are sorted by confidence, and cut into {BINS} bins of equally many. In each bin, take "
            "the squared difference of mean confidence and accuracy, and subtract what chance alone adds to it. The "
            "error is the square root of the mean over bins, or 0 where that mean is negative (Kumar, Liang and Ma "
            f"2019). {what} There is no value for fewer than {LEAST} answers. Not a proper score.",
        ),
    )


def answered(logits: Numbers, labels: NDArray[np.int64]) -> dict[str, Numbers]:
    """Return columns [N] of logits [N, C]: ``confidence``, the largest probability, ``log_score`` and ``brier_score``.

    All three are NaN where a logit is NaN or +inf; -inf is a probability of 0.
    """
    from scipy.special import softmax  # scipy is loaded where it is used: tasks are listed without it

    return {
        "confidence": np.asarray(softmax(logits, axis=1).max(axis=1)),
        LOG: log_scores(logits, labels),
        BRIER: brier_scores(logits, labels),
    }


def finite(scores: Numbers | None) -> Numbers | None:
    """Return the scores, or None if one of them is no finite number, or there are none: they have no mean."""
    return scores if scores is not None and len(scores) and np.isfinite(scores).all() else None


def calibration(sets: Sequence[tuple[Numbers, NDArray[np.bool_]]]) -> Value | None:
    """Return the calibration error of sets of answers, each its confidence [N] and whether it is right [N].

    Over several sets it is the unweighted mean; one set alone has an interval. None if there is no set, or one has too
    few answers or a confidence that is NaN.
    """
    if not sets or any(len(confidence) < LEAST or finite(confidence) is None for confidence, _ in sets):
        return None
    count = sum(len(correct) for _, correct in sets)
    interval = None
    if len(sets) == 1:
        interval = Interval(*calibration_interval(*sets[0], LEVEL), LEVEL, "bootstrap over samples", count)
    return Value(float(np.mean([calibration_error(*each) for each in sets])), count, interval=interval)
