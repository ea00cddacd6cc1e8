"""The largest of m Student statistics that share a denominator and are correlated with each other: Dunnett's problem.

For equal correlation the distribution is a double integral, over the shared normal part and over the denominator
(Dunnett 1955, equation 3). Statistics whose correlations differ are given their mean one.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NORMAL_NODES, DENOMINATOR_NODES = 20, 12
STEPS = 6
COUNTS, CORRELATIONS = 10, (0.95, 0.8, 0.55, 0.3, 0.0)
LARGE = 1e5
"""Degrees of freedom from which Student's distribution is taken for the normal one."""


def probability(value: Array, count: Array, correlation: Array, freedom: float) -> Array:
    """Return the probability [K] that the largest of ``count`` [K] statistics is at most ``value`` [K].

    ``correlation`` [K] is in 0 to below 1, and ``freedom`` positive, or
    infinite for a denominator that is known.
    """
    from scipy.special import ndtr

    nodes, weights = _normal_nodes()
    scales, shares = _denominator_nodes(freedom)
    shared = np.sqrt(correlation)[:, None, None] * nodes[:, None]
    own = np.sqrt(1 - correlation)[:, None, None]
    below = ndtr((value[:, None, None] * scales + shared) / own)
    within = np.power(below, count[:, None, None])
    return np.asarray(np.clip(np.einsum("kzu,z,u->k", within, weights, shares), 0.0, 1.0))


def quantile(level: float, count: Array, correlation: Array, freedom: float) -> Array:
    """Return the value [K] that the largest of ``count`` [K] statistics exceeds with probability 1 - ``level``.

    Where the search has not ended, as for hundreds of statistics with two degrees of freedom, it is a little too large.
    """
    from scipy.special import ndtri, stdtrit

    kinds, kind = np.unique(np.stack([count, correlation]), axis=1, return_inverse=True)
    count, correlation = kinds
    degrees = min(freedom, LARGE)
    low: Array = np.asarray(stdtrit(degrees, np.full_like(count, level)), dtype=np.float64)
    high: Array = np.asarray(
        stdtrit(degrees, 1 - (1 - level) / count), dtype=np.float64
    )  # Bonferroni's: never too small

    def excess(value: Array) -> Array:  # close to linear, so that chords find its root soon
        inside = probability(value, count, correlation, freedom)
        return np.asarray(ndtri(np.clip(inside, 1e-300, 1 - 1e-16)) - ndtri(level))

    below, above = excess(low), np.maximum(excess(high), 0.0)
    for _ in range(STEPS):
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = low - below * (high - low) / (above - below)
        middle = np.clip(np.where(np.isfinite(middle), middle, high), low, high)
        at = excess(middle)
        low, below = np.where(at < 0, middle, low), np.where(at < 0, at, below / 2)
        high, above = np.where(at < 0, high, middle), np.where(at < 0, above / 2, at)
    return high[np.ravel(kind)]


def tabulated_quantile(level: float, count: Array, correlation: Array, freedom: float) -> Array:
    """Return `quantile` for counts and correlations that broadcast: interpolated, for many at once.

    Between the nodes it is at most 0.02 too small. Degrees of freedom are rounded down to two digits.
    """
    counts, spreads, values = _quantile_table(level, int(np.max(count, initial=2)), _rounded_down(freedom))
    down, along_counts = _cell(counts, np.log(count))
    across, along_spreads = _cell(spreads, np.sqrt(1 - correlation))
    left, right = values[down, across], values[down, across + 1]
    left = left + along_counts * (values[down + 1, across] - left)
    right = right + along_counts * (values[down + 1, across + 1] - right)
    return np.asarray(left + along_spreads * (right - left))


def _cell(nodes: Array, at: Array) -> tuple[NDArray[np.int64], Array]:
    """Return between which nodes values lie, by the number of the first, and at which part of the way, from 0 to 1."""
    number = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, len(nodes) - 2)
    return number, (at - nodes[number]) / (nodes[number + 1] - nodes[number])


def _rounded_down(freedom: float) -> float:
    """Return degrees of freedom with two digits, so that tables share what is computed."""
    if math.isinf(freedom):
        return freedom
    unit = 10.0 ** (math.floor(math.log10(freedom)) - 1)
    return math.floor(freedom / unit + 1e-9) * unit


@lru_cache(maxsize=64)
def _quantile_table(level: float, most: int, freedom: float) -> tuple[Array, Array, Array]:
    """Return logarithms of counts [C], roots of 1 - correlation [R], and the quantiles [C, R]."""
    counts = np.unique(np.geomspace(1, max(most, 2), COUNTS).round())
    correlations = np.asarray(CORRELATIONS)
    count, correlation = (grid.ravel() for grid in np.meshgrid(counts, correlations, indexing="ij"))
    values = quantile(level, count, correlation, freedom).reshape(len(counts), -1)
    return np.log(counts), np.sqrt(1 - correlations), values


@cache
def _normal_nodes() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NORMAL_NODES)
    return nodes, weights / weights.sum()


@lru_cache(maxsize=64)
def _denominator_nodes(freedom: float) -> tuple[Array, Array]:
    """Return quadrature nodes and weights over the root of a chi-square variable divided by its degrees of freedom."""
    from scipy.special import chdtri

    if freedom > LARGE or math.isinf(freedom):
        return np.ones(1), np.ones(1)
    nodes, weights = np.polynomial.legendre.leggauss(DENOMINATOR_NODES)
    return np.sqrt(chdtri(freedom, (1 - nodes) / 2) / freedom), weights / 2
