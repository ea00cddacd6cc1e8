"""A field of methods on the same seeds: their means, and what is known of the difference of any two of them.

All pairs are one matrix. The variance of a difference over few seeds is shrunk towards what the pairs have in common:
towards one variance, or, where samples are stored, towards a common multiple of what each pair's samples predict (a
two-level model: seeds are blocks, samples lie within them). Whichever predicts the pairs better is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.stats.moderation import estimate_prior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDING = 1e-12
"""Relative to the largest value: differences below it are rounding, not differences."""

CANCELLED = 1e-6
"""Of the rows' own squares: a difference below it has lost digits."""


@dataclass(frozen=True)
class Field:
    """Estimates of n methods.

    Attributes:
        means: the methods' means over seeds [n].
        variances: those of the differences of two means [n, n]; NaN where nothing is known, 0 where nothing varies.
        freedom: degrees of freedom of the variances; infinite where they come from samples alone.
        basis: in words, what the variances come from.
    """

    means: Array
    variances: Array
    freedom: float
    basis: str

    @property
    def differences(self) -> Array:
        """The mean of each row's method minus that of each column's [n, n]."""
        return np.asarray(self.means[:, None] - self.means[None, :])

    @property
    def statistics(self) -> Array:
        """Student's t of each difference [n, n]: infinite for one that does not vary, NaN where nothing is known."""
        differences = self.differences
        differences[np.abs(differences) <= ROUNDING * np.abs(self.means).max(initial=0)] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            statistics = differences / np.sqrt(self.variances)
        statistics[differences == 0] = 0.0
        return np.asarray(statistics)

    @property
    def correlations(self) -> Array:
        """Of each method [n]: the mean correlation of its differences to the others, in 0 to 0.95.

        The covariance of a - c and b - c is half of var(a - c) + var(b - c) - var(a - b), so that the variances of the
        differences tell it.
        """
        n = len(self.means)
        if n < 3:
            return np.full(n, 0.5)
        known = np.where(np.isfinite(self.variances), self.variances, np.nan)
        np.fill_diagonal(known, 0.0)
        to_others = np.nan_to_num(known).sum(1)
        among_others = (to_others.sum() - 2 * to_others) / ((n - 1) * (n - 2))
        mean = to_others / (n - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            correlations = 1 - among_others / (2 * mean)
        return np.asarray(np.clip(np.nan_to_num(correlations, nan=0.5, posinf=0.0, neginf=0.0), 0.0, 0.95))

    def take(self, numbers: Sequence[int]) -> Field:
        """Return the field of some of the methods, with what is known from all of them."""
        chosen = np.asarray(numbers, dtype=int)
        return Field(self.means[chosen], self.variances[np.ix_(chosen, chosen)], self.freedom, self.basis)


def paired_field(values: Array, predicted: Array | None = None, fit: Sequence[int] | None = None) -> Field:
    """Return the field of methods with values [n, S] on the same S seeds.

    ``predicted`` [n, n] is the variance of each difference on one seed that the samples predict, up to a common factor;
    NaN where it is not known. With one seed it is all that there is. ``fit`` names the methods whose pairs tell the
    prior, all if None.

    Raises:
        ValueError: the values are not a finite array [n, S] with n and S of 1 at least.
    """
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise ValueError(f"expected finite values [methods, seeds], got an array of shape {values.shape}")
    n, seeds = values.shape
    means = values.mean(1)
    if seeds == 1:
        if predicted is None:
            return Field(means, np.full((n, n), np.nan), math.inf, "one seed, nothing known of the spread")
        return Field(means, predicted, math.inf, "samples of the one seed")
    observed = variances_of_differences(values)
    freedom = seeds - 1
    numbers = np.arange(n) if fit is None else np.asarray(fit, dtype=int)
    first, second = (numbers[side] for side in np.triu_indices(len(numbers), 1))
    # Two differences that share a method are correlated by 1/2, their variances by 1/4: on average 1 / (methods + 1).
    overlap = 1 / (len(numbers) + 1)
    prior, scale = estimate_prior(observed[first, second], freedom, overlap), np.ones((n, n))
    basis = f"{seeds} seeds"
    if predicted is not None and np.isfinite(predicted).all():
        told = predicted[first, second] > 0
        ratios = observed[first, second][told] / predicted[first, second][told]
        by_samples = estimate_prior(ratios, freedom, overlap)
        if by_samples.freedom >= prior.freedom:
            prior, scale, basis = by_samples, predicted, f"{seeds} seeds and their samples"
    moderated = observed.copy()
    if prior.freedom > 0:
        with np.errstate(invalid="ignore", divide="ignore"):
            shrunk = scale * prior.moderated(np.where(scale > 0, observed / scale, 0.0), freedom)
            moderated = np.where(scale > 0, shrunk, observed)  # where samples predict nothing, seeds are all there is
            ratios = np.where(moderated > 0, observed / moderated, 1.0)
        # A method most of whose differences vary more than the prior allows is taken at its word.
        np.fill_diagonal(ratios, np.nan)
        excess = np.maximum(1.0, np.nanmedian(ratios[:, numbers], axis=1))
        moderated *= np.maximum(excess[:, None], excess[None, :])
    np.fill_diagonal(moderated, 0.0)
    # Pairs share methods: all of them together are worth no more than the pooled degrees of freedom.
    total = min(prior.freedom + freedom, max(len(numbers) - 1, 1) * freedom)
    return Field(means, moderated / seeds, total, basis)


def variances_of_differences(values: Array) -> Array:
    """Return the variance over N of each difference of two rows of values [n, N]: [n, n], zero where it is rounding."""
    count = values.shape[1]
    centred = values - values.mean(1, keepdims=True)
    products = centred @ centred.T
    own = np.diag(products)
    squares = own[:, None] + own[None, :] - 2 * products
    # Of nearly equal rows the subtraction leaves rounding: those are summed as they are.
    for i, j in zip(*np.nonzero(squares <= CANCELLED * np.maximum(own[:, None], own[None, :])), strict=True):
        squares[i, j] = ((centred[i] - centred[j]) ** 2).sum()
    variances = np.maximum(squares, 0.0) / (count - 1)
    variances[variances <= (ROUNDING * np.abs(values).max(initial=0)) ** 2] = 0.0
    return np.asarray(variances)
