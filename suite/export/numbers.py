"""Numbers as a page shows them: with the digits that say something."""

from __future__ import annotations

from datetime import UTC, datetime

from suite.board.model import Difference, Place, Value
from suite.contracts import Metric

NONE = "–"


def number(metric: Metric, value: float, sign: str = "") -> str:
    """Return a value in its metric's shown unit: per cent with two decimals, others with four digits.

    A metric that lies between -1 and 1 has three decimals.
    """
    shown, bounds = metric.shown(value), metric.bounds
    if metric.unit == "fraction":
        return f"{shown:{sign}.2f}"
    small = None not in bounds and max(abs(bound or 0) for bound in bounds) <= 1
    return f"{shown:{sign}.3f}" if small else f"{shown:{sign}.4g}"


def interval(metric: Metric, value: Value | Difference, sign: str = "") -> str:
    """Return ``92.90 to 96.68``, or nothing where the data tell nothing of the spread."""
    if value.low is None or value.high is None:
        return ""
    return f"{number(metric, value.low, sign)} to {number(metric, value.high, sign)}"


def mean(metric: Metric, value: Value | None) -> str:
    """Return a mean, marked where a data set is missing from it; a dash where there is none."""
    return NONE if value is None else f"{number(metric, value.mean)}{' partial' if value.partial else ''}"


def difference(metric: Metric, to_best: Difference | None) -> str:
    """Return ``-3.21 (-3.61 to -2.81)``."""
    if to_best is None:
        return NONE
    between = " to ".join(to_best.ends(lambda value: number(metric, value, "+")) or ())
    return f"{number(metric, to_best.mean, '+')}{f' ({between})' if between else ''}"


def place(given: Place | None) -> str:
    """Return ``3 (1–5)``: the place, and the best and worst that the data allow."""
    if given is None:
        return NONE
    return f"{given.place} ({given.best}–{given.worst})" if given.best != given.worst else f"{given.place}"


def moment(time: str | None) -> str:
    """Return an ISO time in UTC as one reads it, ``2026-01-02 03:04 UTC``; a dash for none."""
    return NONE if not time else f"{time[:16].replace('T', ' ')} UTC"


def instant(time: str) -> datetime:
    """Return an ISO time of the board, which is in UTC whether it says so or not."""
    read = datetime.fromisoformat(time)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
