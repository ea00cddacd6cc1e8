"""The line of accuracy on shifted images by that on clean ones, over models, and what a model has above it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
LEAST = 1e-3
"""An accuracy of 0 or 1 is taken for this, or 1 minus this: its probit is infinite."""


@dataclass(frozen=True)
class Line:
    """``probit(shifted) = slope probit(clean) + intercept``; ``explained`` is the share of the variance, R squared."""

    slope: float
    intercept: float
    explained: float

    def expected(self, clean: ArrayLike) -> Numbers:
        """Return the accuracy on shifted images that the line has for an accuracy on clean ones."""
        from scipy.special import ndtr

        return np.asarray(ndtr(self.slope * _probit(clean) + self.intercept))

    def above(self, clean: ArrayLike, shifted: ArrayLike) -> Numbers:
        """Return the effective robustness: the accuracy on shifted images minus what the line expects of it.

        Source: Taori et al. 2020.
        """
        return np.asarray(shifted, dtype=np.float64) - self.expected(clean)


def fitted(clean: ArrayLike, shifted: ArrayLike) -> Line:
    """Return the line of least squares through models' accuracies [N], after the probit of both (Miller et al. 2021).

    Raises:
        ValueError: all models have the same accuracy on clean images, or there are fewer than three.
    """
    x, y = _probit(clean), _probit(shifted)
    if len(x) < 3 or np.ptp(x) == 0:
        raise ValueError(f"a line needs three models of different accuracy on clean images. There are {len(x)}")
    slope, intercept = np.polyfit(x, y, 1)
    left = np.square(y - slope * x - intercept).sum()
    whole = np.square(y - y.mean()).sum()
    return Line(float(slope), float(intercept), float(1 - left / whole) if whole else 1.0)


def _probit(accuracy: ArrayLike) -> Numbers:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(np.asarray(accuracy, dtype=np.float64), LEAST, 1 - LEAST)))
