"""Uncertainty over test samples, for statistics that are sums of each sample's influence.

A statistic of several independent samples (strata, as ID and each OOD set) is written as a sum of stratum means of
influence values; its variance is the sum of their variances over their sizes. A plain mean is such a statistic, and so
is AUROC, whose influence values are DeLong's placement values (DeLong, DeLong and Clarke-Pearson 1988).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from suite.contracts import Interval
from suite.stats.paired import Difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Strata = Mapping[str, NDArray[np.float64]]


def estimate(influence: Strata) -> float:
    """Return the statistic itself: the sum of the strata's means."""
    return float(sum(values.mean() for values in influence.values()))


def standard_error(influence: Strata) -> float:
    """Return the standard error of the statistic; every stratum needs two samples at least."""
    return float(sum(values.var(ddof=1) / values.size for values in influence.values()) ** 0.5)


def normal_interval(influence: Strata, *, basis: str, level: float = 0.95) -> Interval | None:
    """Return the normal interval of the statistic; None where the samples show no spread, or a stratum has just one."""
    if min(values.size for values in influence.values()) < 2:
        return None
    half = _quantile(level) * standard_error(influence)
    if half <= 1e-12:
        return None
    value = estimate(influence)
    return Interval(value - half, value + half, level, basis, sum(values.size for values in influence.values()))


def paired_normal(a: Strata, b: Strata, *, basis: str, level: float = 0.95) -> Difference:
    """Compare two statistics on the same samples: mean difference a - b, interval and two-sided p of the normal.

    Raises:
        ValueError: the strata or their sizes differ, so that these are not the same samples.
    """
    if {name: len(values) for name, values in a.items()} != {name: len(values) for name, values in b.items()}:
        raise ValueError("the two statistics are not of the same samples")
    differences = {name: a[name] - b[name] for name in a}
    mean = estimate(differences)
    interval = normal_interval(differences, basis=basis, level=level)
    count = sum(values.size for values in differences.values())
    if interval is None:
        return Difference(mean, None, None, count)
    from scipy.special import ndtr

    return Difference(mean, interval, float(2 * ndtr(-abs(mean) / standard_error(differences))), count)


def paired_resamples(
    mean: float, a: NDArray[np.float64], b: NDArray[np.float64], *, basis: str, level: float = 0.95
) -> Difference:
    """Compare two statistics by their values [R] on the same R resamples; ``mean`` is the difference as measured.

    The interval is that of the percentiles; p is twice the share of resamples on the other side of zero, and at least
    2 / R, which is as little as they can tell.
    """
    differences = a - b
    count = differences.size
    if not differences.any():
        return Difference(mean, None, None, count)
    low, high = np.quantile(differences, [0.5 - level / 2, 0.5 + level / 2])
    beyond = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    p = min(1.0, 2 * max(beyond, 1) / count)
    return Difference(mean, Interval(float(low), float(high), level, basis, count), p, count)


def _quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
