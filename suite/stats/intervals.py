"""Confidence intervals that say what they are over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from suite.contracts import Interval


def t_interval(values: Sequence[float], *, over: str, level: float = 0.95) -> Interval | None:
    """Return Student's interval of the mean of values [N], or None where there is nothing to say.

    That is for N < 2, and for values without any spread: an interval of width zero would claim certainty.

    Raises:
        ValueError: a value is not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError("a value is not finite")
    n = array.size
    spread = float(array.std(ddof=1)) if n >= 2 else 0.0
    if spread <= 1e-12 * max(1.0, float(np.abs(array).max(initial=0))):
        return None
    half = t_quantile(level, n - 1) * spread / n**0.5
    mean = float(array.mean())
    return Interval(mean - half, mean + half, level, f"t over {over}", n)


def t_quantile(level: float, freedom: int) -> float:
    """Return the two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))
