"""Paired comparison of two methods on the same seeds or tasks, and Holm's correction over many comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suite.contracts import Interval
from suite.stats.intervals import t_interval


@dataclass(frozen=True)
class Difference:
    """Mean of the paired differences a - b, its interval and two-sided p; None where the pairs cannot tell."""

    mean: float
    interval: Interval | None
    p: float | None
    n: int


def paired_t(a: Sequence[float], b: Sequence[float], *, over: str, level: float = 0.95) -> Difference:
    """Compare a [N] with b [N], value by value, by Student's paired t.

    Fewer than two pairs, or differences without any spread, give no p: what does not vary over seeds cannot be tested
    over seeds.

    Raises:
        ValueError: the lengths differ or are zero, or a value is not finite.
    """
    if len(a) != len(b) or not len(a):
        raise ValueError(f"expected two equally long, non-empty sequences, got {len(a)} and {len(b)}")
    differences = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    interval = t_interval(differences.tolist(), over=over, level=level)
    mean, n = float(differences.mean()), len(differences)
    if interval is None:
        return Difference(mean, None, None, n)
    from scipy.special import stdtr

    t = mean / (float(differences.std(ddof=1)) / n**0.5)
    return Difference(mean, interval, float(2 * stdtr(n - 1, -abs(t))), n)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values, in the order given: compare each with the family-wise level."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]
