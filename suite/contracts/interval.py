"""Intervals: what a number may be, and the spread that this covers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A confidence interval; ``basis`` names the spread that it covers, as ``t over seeds`` or ``DeLong over samples``.

    ``n`` counts what it was computed from. Intervals of different bases are not comparable and are never merged.
    """

    low: float
    high: float
    level: float
    basis: str
    n: int
