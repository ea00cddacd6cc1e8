"""Pairs of a field's methods, each by itself or corrected for how many are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.stats.field import Field
from suite.stats.maximum import LARGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Pair:
    """The difference a - b: its interval and two-sided p; NaN where nothing is known."""

    mean: float
    low: float
    high: float
    p: float


def pair(field: Field, a: int, b: int, level: float = 0.95) -> Pair:
    """Return the difference of two methods that were not chosen by their results."""
    return pairs(field, [(a, b)], level)[0]


def pairs(field: Field, asked: Sequence[tuple[int, int]], level: float = 0.95) -> list[Pair]:
    """Return the differences of several pairs: intervals that hold for all at once, and p that agree with them.

    Both are corrected for the number of pairs as if these were independent, which is on the safe side (Sidak 1967).
    """
    from scipy.special import stdtrit

    if not asked:
        return []
    first, second = (np.array(side) for side in zip(*asked, strict=True))
    reach = float(stdtrit(min(field.freedom, LARGE), 0.5 + each_level(level, len(asked)) / 2))
    means, half = field.differences[first, second], reach * np.sqrt(field.variances[first, second])
    alone = pair_probabilities(field, (first, second))
    p = np.where(np.isnan(half), np.nan, together(alone, len(asked)))
    return [
        Pair(float(mean), float(mean - width), float(mean + width), float(value))
        for mean, width, value in zip(means, half, p, strict=True)
    ]


def each_level(level: float, count: int) -> float:
    """Return the level of each of ``count`` intervals that together hold with ``level``."""
    return float(level ** (1 / count))


def together(p: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return p-values corrected for ``count`` comparisons; they agree with intervals of `each_level`."""
    return np.asarray(-np.expm1(count * np.log1p(-np.minimum(p, 1 - 1e-16))))


def pair_probabilities(field: Field, numbers: Pairs | None = None) -> NDArray[np.float64]:
    """Return the two-sided p of each pair by itself [n, n], or of the pairs with these numbers [N]; 1 if unknown."""
    from scipy.special import stdtr

    statistics = field.statistics if numbers is None else field.statistics[numbers]
    sizes = np.abs(np.nan_to_num(statistics, nan=0.0, posinf=np.inf, neginf=-np.inf))
    return np.asarray(2 * stdtr(min(field.freedom, LARGE), -sizes))
