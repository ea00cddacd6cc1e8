"""The metrics of streams of tasks; those of learning are the functions in `suite.tracks.replay.stream.accuracy`."""

from __future__ import annotations

from collections.abc import Callable

from suite.contracts import Metric
from suite.contracts.metric import Direction
from suite.tracks.replay.answers import OF_PROBABILITIES
from suite.tracks.replay.cost import COSTS
from suite.tracks.replay.stream import accuracy

ALL = "all"
"""The subset of the whole stream; each task has one besides."""


def task_name(number: int) -> str:
    """Return the subset of a task of the stream by its number from 0, as ``task-1``."""
    return f"task-{number + 1}"


def _fraction(name: str, definition: str, direction: Direction = "higher", low: float = 0) -> Metric:
    return Metric(name=name, direction=direction, bounds=(low, 1), unit="fraction", definition=definition)


def _learning(function: Callable[..., float], direction: Direction = "higher", low: float = 0) -> Metric:
    """Return the metric that a function computes and its docstring defines."""
    return _fraction(function.__name__, " ".join((function.__doc__ or "").split()), direction, low)


ACCURACY = _learning(accuracy.accuracy)
FORWARD_TRANSFER = _learning(accuracy.forward_transfer, low=-1)
METRICS = (
    ACCURACY,
    _learning(accuracy.forgetting, "lower", low=-1),
    _learning(accuracy.backward_transfer, low=-1),
    FORWARD_TRANSFER,
    _learning(accuracy.learning_accuracy),
    _learning(accuracy.anytime_accuracy),
    _learning(accuracy.min_accuracy),
    _learning(accuracy.worst_case_accuracy),
    *OF_PROBABILITIES,
    *COSTS,
)
OF_MATRIX = {
    function.__name__: function
    for function in (accuracy.accuracy, accuracy.forgetting, accuracy.backward_transfer, accuracy.learning_accuracy)
}
OF_CURVE = {
    function.__name__: function
    for function in (accuracy.anytime_accuracy, accuracy.min_accuracy, accuracy.worst_case_accuracy)
}
CORRUPTION = (
    _fraction("buffer_label_noise", "Share of the buffer at the end that has a wrong label.", "lower"),
    _fraction(
        "buffer_outliers", "Share of the buffer at the end that is no image of its class but an outlier.", "lower"
    ),
)
"""Of a stream with wrong labels and outliers, in this order."""
