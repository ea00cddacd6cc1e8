"""Numbers of a column: all with as many decimals as their intervals say something about."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from suite.board.model import Difference
from suite.board.quantity import digits
from suite.contracts import Metric

NONE = "–"
SPREAD = 1000
"""Values that are further apart than this factor have their own digits each."""


@dataclass(frozen=True)
class Number:
    """A value in its metric's own unit, the larger half of its interval if that is known, and over what that is."""

    value: float
    half: float | None = None
    basis: str = ""


def shown(metric: Metric, column: Sequence[Number]) -> Callable[[Number], str]:
    """Return how the numbers of a column are written: ``92.1 ±2.8``, half-widths with two digits in the median."""
    factor = metric.shown(1.0)
    halves = [factor * number.half for number in column if number.half]
    sizes = [abs(number.value) for number in column if number.value]
    if None in metric.bounds and _far_apart(column):
        return partial(_each, factor)
    if halves:
        decimals = _decimals(metric, median(halves))
    elif metric.unit == "fraction" or None not in metric.bounds:
        decimals = 1 if metric.unit == "fraction" else 2
    elif all(number.value == int(number.value) for number in column):
        return lambda number: digits(factor * number.value)
    else:
        decimals = max(0, 2 - math.floor(math.log10(factor * median(sizes))))

    def text(number: Number) -> str:
        half = "" if number.half is None else f" ±{factor * number.half:.{decimals}f}"
        return f"{_without_minus(f'{factor * number.value:.{decimals}f}')}{half}"

    return text


def _far_apart(column: Sequence[Number]) -> bool:
    """Tell whether these are positive numbers of different sizes."""
    sizes = [number.value for number in column if number.value]
    return bool(sizes) and min(sizes) > 0 and max(sizes) > SPREAD * min(sizes)


def _each(factor: float, number: Number) -> str:
    half = "" if number.half is None else f" ±{factor * number.half:.1g}"
    return f"{factor * number.value:.2g}{half}"


def signed(metric: Metric, difference: Difference) -> str:
    """Return a difference with its interval, as ``-3.21 (-3.61 to -2.81)``: the interval has two digits."""
    mean, low, high = difference.mean, difference.low, difference.high
    if low is None or high is None or low == high:
        return digits(metric.shown(mean), 2)
    decimals = _decimals(metric, metric.shown(max(high - mean, mean - low)))

    def text(value: float) -> str:
        return _without_minus(f"{metric.shown(value):+.{decimals}f}")

    return f"{text(mean)} ({' to '.join(difference.ends(text) or ())})"


def _decimals(metric: Metric, width: float) -> int:
    """Return how many decimals show two digits of a width; per cent has one or two, what has bounds three at most."""
    decimals = max(0, 1 - math.floor(math.log10(width)))
    if metric.unit == "fraction":
        return min(2, max(1, decimals))
    return decimals if None in metric.bounds else min(3, decimals)


def _without_minus(text: str) -> str:
    """Return a rounded number without the sign of a zero."""
    return text.lstrip("+-") if not float(text) else text
