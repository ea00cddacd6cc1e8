"""The law of an annealed walker at every step, without Monte Carlo error.

A density on the circle that is even, or on the sphere that depends on z alone, is a series of cosines or of Legendre
polynomials. A gradient step maps its coefficients by a fixed matrix, whatever the temperature; Gaussian noise damps
each coefficient by a number of its own. So a chain of steps is a matrix product and a damping for each, and the only
errors are of the truncated series, which fall faster than any power of the number of modes. The first few steps are an
exception where they are cold: the start is a point, and its series ends nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Slope = Callable[[Any], Any]
BLOCK = 512


@dataclass(frozen=True)
class Chain:
    """The coefficients of a density that starts at one point: all 1.

    Attributes:
        drift: what a gradient step makes of coefficients, by step length [M, M].
        damping: what noise of variances [S] makes of them [S, M].
        well: the mass of the global well is the product of this with the coefficients [M].
    """

    drift: Callable[[float], Numbers]
    damping: Callable[[Numbers], Numbers]
    well: Numbers

    def shares(self, betas: Numbers, eta: float, after: Iterable[int]) -> Numbers:
        """Return the mass of the global well after so many of the steps, each from 0 to S, in order.

        ``betas`` [S] are the inverse temperatures of the steps, of time ``eta`` each.
        """
        wanted, drift = set(after), np.ascontiguousarray(self.drift(eta))
        coefficients = np.ones(len(self.well))
        shares = {0: float(self.well @ coefficients)}
        for first in range(0, len(betas), BLOCK):
            for number, factors in enumerate(self.damping(2 * eta / betas[first : first + BLOCK]), first + 1):
                coefficients = factors * drift.dot(coefficients)
                if number in wanted:
                    shares[number] = float(self.well @ coefficients)
        return np.clip([shares[number] for number in sorted(wanted)], 0, 1)


def circle_chain(slope: Slope, saddle: float, modes: int) -> Chain:
    """Return the chain of angles t <- t - eta slope(t) + noise from 0, in cosines; the well is |t| > ``saddle``.

    Coefficient k is the mean of cos(k t).
    """
    orders = np.arange(modes)
    angles = np.pi * np.arange(4 * modes + 1) / (4 * modes)
    weights = np.full(len(angles), 1 / (4 * modes))  # the trapezoid over half the circle is exact on cosines
    weights[[0, -1]] /= 2
    density = np.cos(np.outer(orders, angles)) * weights * np.where(orders == 0, 1, 2)[:, None]

    def drift(eta: float) -> Numbers:
        return np.asarray(np.cos(np.outer(orders, angles - eta * slope(angles))) @ density.T)

    def damping(variances: Numbers) -> Numbers:
        return np.asarray(np.exp(-np.outer(variances, orders**2) / 2))

    higher = orders[1:]
    return Chain(drift, damping, np.r_[1 - saddle / np.pi, -2 * np.sin(higher * saddle) / (np.pi * higher)])


def sphere_chain(slope: Slope, ridge: float, modes: int) -> Chain:
    """Return the chain of z under a gradient step and isotropic noise from the north pole, in Legendre polynomials.

    Coefficient l is the mean of P_l(z); ``slope`` is dU/dz, the well is z < ``ridge``. A tangent step of Gaussian
    length r turns by an angle of arctan r, and damps it by the mean of P_l(cos arctan r).
    """
    orders = np.arange(modes)
    z, weights = legendre.leggauss(2 * modes)
    density = legendre.legvander(z, modes - 1) * weights[:, None] * (2 * orders + 1) / 2

    def drift(eta: float) -> Numbers:
        pull = -eta * slope(z)
        moved = (z + pull * (1 - z**2)) / np.sqrt(1 + pull**2 * (1 - z**2))
        return np.asarray(legendre.legvander(moved, modes - 1).T @ density)

    def exact_damping(variances: Numbers) -> Numbers:
        widest = np.arctan(np.sqrt(72 * variances))[:, None]  # beyond is a mass of exp(-36)
        turns = widest * (z + 1) / 2
        lengths = np.tan(turns)
        density = lengths * np.exp(-(lengths**2) / (2 * variances[:, None])) / np.cos(turns) ** 2
        shares = weights * density * widest / (2 * variances[:, None])
        return np.asarray(np.einsum("snl,sn->sl", legendre.legvander(np.cos(turns), modes - 1), shares))

    def damping(variances: Numbers) -> Numbers:
        """Interpolate over a block of steps, whose variances differ little: at Chebyshev's points, in logarithms."""
        from scipy.interpolate import BarycentricInterpolator

        distinct, places = np.unique(variances, return_inverse=True)
        ratio = float(distinct[-1] / distinct[0])
        count = 12 + int(24 * np.log(ratio))
        if len(distinct) <= count:
            return np.asarray(exact_damping(distinct)[places])
        points = distinct[0] * ratio ** ((1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2)
        return np.asarray(BarycentricInterpolator(np.log(points), exact_damping(points))(np.log(variances)))

    below = legendre.legvander(np.array([ridge]), modes)[0]
    higher = orders[1:]  # the integral of (2 l + 1) P_l / 2 is (P_{l+1} - P_{l-1}) / 2, which is 0 at the pole
    return Chain(drift, damping, np.r_[(1 + ridge) / 2, (below[higher + 1] - below[higher - 1]) / 2])
