"""Ranks with intervals: between which places a method may stand, given which others it is told apart from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.stats.field import ROUNDING, Field
from suite.stats.maximum import tabulated_quantile
from suite.stats.paired import holm
from suite.stats.pairs import pair_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ranks:
    """Places by mean (equal means share the better place) and intervals ``best`` to ``worst``, for n methods [n]."""

    place: NDArray[np.int64]
    best: NDArray[np.int64]
    worst: NDArray[np.int64]


def marginal_ranks(field: Field, tied: NDArray[np.bool_], level: float = 0.95) -> Ranks:
    """Return ranks with an interval for each method that holds with probability ``level`` for this method.

    Of a method only its comparisons with the others count, and they are corrected for each other step by step, the
    clearest first (Mogstad, Romano, Shaikh and Wilhelm 2024, section 3). Of the two things that can be said of another
    method, better or worse, one is true, so that one alone can be wrong: the comparisons are one-sided. Larger means
    are better. Ranks depend on the field.

    ``tied`` [n] are those not told apart from the best, see `suite.stats.best`: the interval of one that is tied begins
    with the first place, that of another does not. It ends there only if no other is tied.
    """
    n = len(field.means)
    if n == 1:
        return _ranks(field, np.zeros((1, 1), dtype=bool))
    sizes = np.abs(np.nan_to_num(field.statistics, nan=0.0, posinf=np.inf, neginf=-np.inf))
    np.fill_diagonal(sizes, -1.0)
    order = np.argsort(-sizes, axis=1, kind="stable")[:, : n - 1]
    steps = np.take_along_axis(sizes, order, 1) > _critical(field, level)
    passed = np.logical_and.accumulate(steps, axis=1)
    apart = np.zeros((n, n), dtype=bool)
    np.put_along_axis(apart, order, passed, 1)
    ranks = _ranks(field, apart)
    worst = np.maximum(ranks.worst, min(int(tied.sum()), 2))
    return Ranks(ranks.place, np.where(tied, 1, np.maximum(ranks.best, 2)), worst)


def simultaneous_ranks(field: Field, level: float = 0.95) -> Ranks:
    """Return ranks with intervals that hold for all methods at once: all pairs, with Holm's correction."""
    n = len(field.means)
    apart = np.zeros((n, n), dtype=bool)
    upper = np.triu_indices(n, 1)
    if n > 1:
        apart[upper] = holm(pair_probabilities(field, upper)) < 1 - level
    return _ranks(field, apart | apart.T)


def _critical(field: Field, level: float) -> Array:
    """Return the value that the k-th clearest comparison of each method must exceed [n, n - 1]."""
    n = len(field.means)
    # Comparisons with a better and a worse one are wrong in opposite directions, which undoes their correlation.
    ahead = (field.differences < 0).sum(1) / (n - 1)
    correlations = field.correlations * (2 * ahead - 1) ** 2
    return tabulated_quantile(level, np.arange(n - 1.0, 0.0, -1.0), correlations[:, None], field.freedom)


def _ranks(field: Field, apart: NDArray[np.bool_]) -> Ranks:
    differences = field.differences
    ahead = differences > ROUNDING * np.abs(field.means).max(initial=0)
    place = 1 + ahead.sum(0)
    best = 1 + (apart & ahead.T).sum(1)
    worst = len(field.means) - (apart & ahead).sum(1)
    return Ranks(place, best, worst)
