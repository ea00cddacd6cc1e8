"""Several qualities at once: which points no other one beats, and how much of the space they beat together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


def front(points: ArrayLike, higher: Sequence[bool]) -> NDArray[np.bool_]:
    """Return which of the points [n, d] are on the Pareto front [n]: none is as good everywhere and better somewhere.

    ``higher`` [d] says of each dimension whether more of it is better. Equal points are on the front together.

    Raises:
        ValueError: a point has a NaN, or the shapes do not fit.
    """
    costs = _costs(points, higher)
    on_front = np.ones(len(costs), dtype=bool)
    for number, cost in enumerate(costs):
        on_front[number] = not np.any(np.all(costs <= cost, axis=1) & np.any(costs < cost, axis=1))
    return on_front


def hypervolume(points: ArrayLike, reference: ArrayLike, higher: Sequence[bool]) -> float:
    """Return the volume of what the points [n, d] beat and what beats the reference [d], for d >= 2; no estimate.

    Points that do not beat the reference in every dimension add nothing. The unit is the product of theirs.
    Source: While, Bradstreet and Barone 2012, "A Fast Way of Calculating Exact Hypervolumes" (WFG), with a sweep in the
    plane; the cost grows exponentially with d.

    Raises:
        ValueError: a point has a NaN, the shapes do not fit, or d < 2.
    """
    if len(higher) < 2:
        raise ValueError(f"a hypervolume has two dimensions or more, not {len(higher)}")
    corner = _costs(np.asarray(reference, dtype=float)[None], higher)[0]
    costs = _costs(points, higher)
    return _volume(costs[np.all(costs < corner, axis=1)], corner)


def _costs(points: ArrayLike, higher: Sequence[bool]) -> Points:
    """Return the points with less of every number better."""
    costs = np.array(points, dtype=float)
    if not costs.size:
        costs = costs.reshape(0, len(higher))
    if costs.ndim != 2 or costs.shape[1] != len(higher):
        raise ValueError(f"points of shape {costs.shape} do not have {len(higher)} numbers each")
    if np.isnan(costs).any():
        raise ValueError("a point has a part that is not a number")
    return np.where(np.asarray(higher, dtype=bool), -costs, costs)


def _volume(costs: Points, corner: Points) -> float:
    """Return the volume between the points [n, d] and the corner [d], which all of them beat."""
    costs = np.unique(costs[front(costs, [False] * len(corner))], axis=0)  # sorted by the first number
    if len(corner) == 2:
        heights = np.concatenate(([corner[1]], costs[:-1, 1])) - costs[:, 1] if len(costs) else np.empty(0)
        return float(np.sum((corner[0] - costs[:, 0]) * heights))
    volume = 0.0
    for number, cost in enumerate(costs):
        # What this point beats alone: its box, less what the later ones beat of it.
        volume += float(np.prod(corner - cost)) - _volume(np.maximum(costs[number + 1 :], cost), corner)
    return volume
