"""Robust Perron cluster analysis (PCCA+): microstates' memberships of macrostates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def memberships(modes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each microstate belongs to each macrostate [S, n], at least zero with sums of one.

    ``modes`` [S, n] are the leading right eigenvectors of a reversible chain, orthonormal under its stationary
    distribution, the first constant. The memberships are the linear map of them that is crispest; the search starts at
    the simplex of the outermost microstates. Sources: Deuflhard and Weber 2005; Roeblitz and Weber 2013.

    Raises:
        ValueError: there are fewer microstates than macrostates.
    """
    from scipy.optimize import fmin

    states, count = modes.shape
    if states < count:
        raise ValueError(f"cannot make {count} macrostates of {states} microstates")
    if count == 1:
        return np.ones((states, 1))
    start = np.linalg.inv(modes[_outermost(modes)])[1:, 1:]

    def blur(free: NDArray[np.float64]) -> float:
        whole = _feasible(free.reshape(start.shape), modes)
        return -float((whole**2 / whole[0]).sum())

    inner = fmin(blur, start.ravel(), disp=False)
    crisp: NDArray[np.float64] = modes @ _feasible(inner.reshape(start.shape), modes)
    return crisp.clip(0, 1)


def _outermost(modes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rows that span the largest simplex, chosen in turn by distance (Weber and Galliat 2002)."""
    first = int((modes**2).sum(axis=1).argmax())
    rows, rest = [first], modes - modes[first]
    while len(rows) < modes.shape[1]:
        lengths = (rest**2).sum(axis=1)
        rows.append(int(lengths.argmax()))
        direction = rest[rows[-1]] / np.sqrt(lengths.max())
        rest = rest - np.outer(rest @ direction, direction)
    return np.array(rows)


def _feasible(inner: NDArray[np.float64], modes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Complete the map's inner part [n - 1, n - 1] so that memberships are at least zero and sum to one [n, n]."""
    below = np.column_stack([-inner.sum(axis=1), inner])
    whole = np.vstack([-(modes[:, 1:] @ below).min(axis=0), below])
    return np.asarray(whole / whole[0].sum())
