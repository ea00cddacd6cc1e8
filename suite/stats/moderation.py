"""Variances of few replicates, shrunk towards each other by empirical Bayes (Smyth 2004, section 6.2).

A sample variance of d degrees of freedom says little if d is 2 or 4. Many of them together say around which value true
variances lie, and how close: a scaled inverse chi-square prior, whose location and degrees of freedom are estimated by
the moments of the logarithms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEGLIGIBLE = 1e-5
"""Of the median variance: smaller ones count as this much, as in limma, since the logarithm of zero has no moments."""

NEWTON_STEPS = 12


@dataclass(frozen=True)
class Prior:
    """Around which variance the true ones lie, and how many degrees of freedom that is worth (0 to infinity)."""

    variance: float
    freedom: float

    def moderated(self, variances: NDArray[np.float64], freedom: float) -> NDArray[np.float64]:
        """Return the posterior means of variances that were estimated with ``freedom`` degrees of freedom each."""
        if math.isinf(self.freedom):
            return np.full_like(variances, self.variance)
        return (self.freedom * self.variance + freedom * variances) / (self.freedom + freedom)


def estimate_prior(variances: NDArray[np.float64], freedom: float, correlation: float = 0.0) -> Prior:
    """Return the prior of true variances, given sample variances [N] of ``freedom`` degrees of freedom each.

    ``correlation`` is the mean one of two of them, in 0 to below 1: correlated ones spread less than they vary. Fewer
    than three variances, or no positive one, tell nothing of it: a prior of no weight.
    """
    from scipy.special import polygamma, psi

    positive = variances[variances > 0]
    if variances.size < 3 or not positive.size:
        return Prior(0.0, 0.0)
    least = NEGLIGIBLE * float(np.median(positive))
    half = freedom / 2
    logs = np.log(np.maximum(variances, least)) - psi(half) + math.log(half)
    total = float(logs.var(ddof=1)) / (1 - correlation)
    spread = total - float(polygamma(1, half))
    if spread <= 0:
        return Prior(float(np.exp(logs.mean())), math.inf)
    prior = 2 * _inverse_trigamma(spread)
    return Prior(float(np.exp(logs.mean() + psi(prior / 2) - math.log(prior / 2))), prior)


def _inverse_trigamma(value: float) -> float:
    """Return where trigamma is ``value``, by Newton's method on its convex reciprocal (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    if value > 1e6 or value < 1e-6:  # where it is close to 1 / x^2 and to 1 / x
        return float(value**-0.5 if value > 1 else 1 / value)
    x = 0.5 + 1 / value
    for _ in range(NEWTON_STEPS):
        at = float(polygamma(1, x))
        x += at * (1 - at / value) / float(polygamma(2, x))
    return x
