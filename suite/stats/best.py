"""Who is not told apart from the best, and by how much each method is behind it.

The best is chosen from the same data, so that comparing with the first one alone would promise too much (Hsu 1981). Of
each method we ask whether any other is better: it is told apart from the best if the largest of its statistics is more
than chance explains. Those that are not are a confidence set for the best (Mogstad, Romano, Shaikh and Wilhelm 2024;
Hansen, Lunde and Nason 2011). Others that are clearly worse than a method cannot be the reason and are not counted (the
first step of Romano, Shaikh and Wolf 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.stats.field import Field
from suite.stats.maximum import LARGE, probability, tabulated_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SCREENING = 1e-3
"""What of the error is spent on leaving out the clearly worse ones."""


@dataclass(frozen=True)
class Best:
    """For each of n methods, all in the direction "larger is better".

    Attributes:
        behind: how much the first one by mean is ahead [n].
        low, high: the interval of how much the method is behind the true best [n]; NaN where nothing is known.
        p: of the method being as good as the best [n]; 1 where nothing speaks against it.
        tied: whether it is not told apart from the best [n].
    """

    behind: Array
    low: Array
    high: Array
    p: Array
    tied: NDArray[np.bool_]


def against_the_best(field: Field, level: float = 0.95) -> Best:
    """Compare each method with the best of the field, whichever that is.

    A true best is in the set ``tied`` with probability ``level``, each of them if there are several. So is the distance
    of any one method to the best within its interval: between ``low`` and ``high``, zero itself left out where the
    method is told apart.
    """
    from scipy.special import stdtrit

    n = len(field.means)
    behind = field.means.max() - field.means
    if n == 1:
        return Best(behind, np.zeros(1), np.zeros(1), np.ones(1), np.ones(1, dtype=bool))
    error = 1 - level
    ahead = np.where(np.isnan(field.statistics), 0.0, field.statistics).T  # [i, j]: how much j is ahead of i
    np.fill_diagonal(ahead, -np.inf)
    correlations = field.correlations
    others = np.full(n, float(n - 1))
    clearly = float(stdtrit(min(field.freedom, LARGE), 1 - SCREENING / (n - 1)))
    counted = np.maximum((ahead > -clearly).sum(1), 1).astype(np.float64)
    largest = ahead.max(1)
    p = np.ones(n)
    finite = np.isfinite(largest)
    p[finite] = 1 - probability(largest[finite], counted[finite], correlations[finite], field.freedom)
    p = np.where(np.isposinf(largest), 0.0, np.minimum(1.0, p + (counted < others) * SCREENING))
    deviations = np.sqrt(field.variances)
    gaps = field.differences.T  # [i, j]: by how much j is ahead of i
    tied = p >= error
    one_tail = tabulated_quantile(1 - error / 2, counted, correlations, field.freedom)
    known = np.isfinite(deviations) & ~np.eye(n, dtype=bool)
    low = np.where(known, gaps - one_tail[:, None] * deviations, -np.inf).max(1)
    tail = float(stdtrit(min(field.freedom, LARGE), 1 - error / 2))
    high = np.where(known, gaps + tail * deviations, -np.inf).max(1)
    nothing = ~known.any(1)
    return Best(
        behind,
        np.where(nothing, np.nan, np.where(tied, 0.0, np.maximum(low, 0.0))),
        np.where(nothing, np.nan, np.maximum(high, 0.0)),
        p,
        tied,
    )
