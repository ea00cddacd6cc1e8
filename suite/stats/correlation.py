"""Rank correlations that are numbers for constants too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def spearman(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the Spearman correlation of two arrays [N]; 0 where one of them is constant."""
    from scipy.stats import rankdata

    return _correlation(rankdata(a), rankdata(b))


def partial_spearman(a: NDArray[np.float64], b: NDArray[np.float64], given: NDArray[np.float64]) -> float:
    """Return the correlation of the ranks of ``a`` and ``b`` [N] once those of ``given`` are regressed out of both.

    0 where nothing is left of one of them.
    """
    from scipy.stats import rankdata

    control = np.column_stack([np.ones(len(given)), rankdata(given)])
    left = []
    for values in (rankdata(a), rankdata(b)):
        rest = values - control @ np.linalg.lstsq(control, values, rcond=None)[0]
        left.append(np.where(np.abs(rest) < 1e-9 * len(rest), 0.0, rest))  # rounding is no rank
    return _correlation(*left)


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip(a @ b / scale, -1, 1)) if scale > 0 else 0.0
