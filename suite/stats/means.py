"""Means over seeds with Student's intervals, for a whole table at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDING = 1e-12
"""Relative to the largest value: a spread below it is rounding, and no spread."""


@dataclass(frozen=True)
class Means:
    """Of values [N, S, C]: how many there are, their mean, and the half-width of its interval, each [N, C].

    A mean of no values is NaN, and so is a half-width where there is nothing to say: of fewer than two values, and of
    values without any spread, of which an interval of width zero would claim certainty.
    """

    counts: NDArray[np.int64]
    means: NDArray[np.float64]
    halves: NDArray[np.float64]


def means_over_seeds(values: NDArray[np.float64], *, level: float = 0.95) -> Means:
    """Return the means over the second axis of values [N, S, C]; NaN is a value that is not there."""
    present = ~np.isnan(values)
    counts = present.sum(1)
    known = np.where(present, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = known.sum(1) / counts
        squares = np.where(present, values - means[:, None], 0.0) ** 2
        spread = np.sqrt(squares.sum(1) / (counts - 1))
        halves = _quantiles(counts, level) * spread / np.sqrt(counts)
    largest = np.maximum(1.0, np.abs(known).max(1, initial=0.0))
    told = (counts > 1) & (spread > ROUNDING * largest)
    return Means(counts, means, np.where(told, halves, np.nan))


def _quantiles(counts: NDArray[np.int64], level: float) -> NDArray[np.float64]:
    """Return Student's t of an interval over so many values; NaN where there are fewer than two."""
    if not (counts > 1).any():
        return np.full(counts.shape, np.nan)
    from scipy.special import stdtrit  # takes longer to import than a board of one seed to be made

    return np.asarray(stdtrit(np.maximum(counts - 1, 1), 0.5 + level / 2))
