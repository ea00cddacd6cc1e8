"""Arithmetic of statistics that are written as influence values by stratum: sums, and ratios to first order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Strata = Mapping[str, NDArray[np.float64]]


def combined(parts: Sequence[tuple[float, Strata]], constant: float = 0.0) -> dict[str, NDArray[np.float64]]:
    """Return the influence of a weighted sum of statistics plus a constant; all have strata of the same samples."""
    total: dict[str, NDArray[np.float64]] = {}
    for weight, strata in parts:
        for name, values in strata.items():
            total[name] = total.get(name, np.zeros(values.size)) + weight * values
    first = next(iter(total))
    return {**total, first: total[first] + constant}


def ratio(above: Strata, below: Strata) -> dict[str, NDArray[np.float64]]:
    """Return the influence of the ratio of two statistics of the same samples, by the delta method.

    The strata's means add up to the ratio itself; their spread is that of its linear part.
    """
    numerator, denominator = (sum(values.mean() for values in strata.values()) for strata in (above, below))
    value = numerator / denominator
    return combined([(1 / denominator, above), (-value / denominator, below)], value)
