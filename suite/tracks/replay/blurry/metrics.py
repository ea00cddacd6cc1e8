"""The metrics of streams without boundaries: of the curve of every class, and of all tests at the sessions' ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from suite.contracts import Metric
from suite.contracts.metric import Direction
from suite.tracks.replay import gap
from suite.tracks.replay.answers import OF_PROBABILITIES
from suite.tracks.replay.cost import COSTS
from suite.tracks.replay.stream.accuracy import Array, Curve, anytime_accuracy

ALL = "all"


def accuracy_auc(curve: Curve) -> float:
    """Area under the curve of accuracy, A_AUC of Koh et al. 2022: mean over steps of the mean accuracy on the classes
    that had come by then, on a fixed subset of the test.
    """
    return anytime_accuracy(curve)


def last_accuracy(ends: Array) -> float:
    """Mean over classes of the accuracy on the whole test at the end of the stream."""
    return float(ends[-1].mean())


def class_forgetting(ends: Array) -> float:
    """Mean over classes of the highest accuracy at the end of a session that a class had come by, but the last, minus
    that at the end of the stream, on the whole test; classes that came in the last session alone are left out.
    """
    earlier = ends[:-1]
    met = ~np.isnan(earlier).all(axis=0)
    return float((np.nanmax(earlier[:, met], axis=0) - ends[-1, met]).mean())


def _metric(function: Callable[..., float], direction: Direction, low: float = 0, unit: str = "fraction") -> Metric:
    high = 1 if unit == "fraction" else None
    definition = " ".join((function.__doc__ or "").split())
    return Metric(name=function.__name__, direction=direction, bounds=(low, high), unit=unit, definition=definition)


AUC = _metric(accuracy_auc, "higher")
METRICS = (
    AUC,
    _metric(last_accuracy, "higher"),
    _metric(class_forgetting, "lower", low=-1),
    _metric(gap.gap_depth, "lower"),
    _metric(gap.gap_recovery, "lower", unit="steps"),
    _metric(gap.gap_recovered, "higher"),
    *OF_PROBABILITIES,
    *COSTS,
)
OF_CURVE = {each.__name__: each for each in (accuracy_auc, gap.gap_depth, gap.gap_recovery, gap.gap_recovered)}
OF_ENDS = {each.__name__: each for each in (last_accuracy, class_forgetting)}
