"""k-means on frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Parameters
from suite.tracks.basins import BasinContext, BasinDetector, known_count

from .cutting import MOST_GROUPS
from .frames import settled, vote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

SCORED = 600
"""Silhouettes are means over about so many points, evenly spaced: their cost is quadratic."""


class KMeans(BasinDetector):
    """Clusters all frames after burn-in; a representative belongs where most of its frames do.

    Where the number of basins is not known: as many clusters of 2 to 8 as have the largest silhouette. Sources: Lloyd
    1982, started as Arthur and Vassilvitskii 2007; Rousseeuw 1987.
    """

    name = "kmeans"
    version = "1"
    card = Card(title="k-means on frames", status="baseline", note="Lloyd 1982; scikit-learn, k-means++.")

    class Parameters(Parameters):
        """A few restarts, of which the best is kept."""

        restarts: int = Field(3, ge=1, description="how many starts; the one with the smallest inertia counts")

    parameters: Parameters

    def partition(self, trajectories: Tensor, context: BasinContext) -> list[int]:
        """Return each representative's most frequent cluster [K]."""
        frames = settled(trajectories, context.burn_in)
        points = frames.reshape(-1, frames.shape[2])
        labels = grouped(lambda _: points, context.count, context.rng("k-means"), self.parameters.restarts)
        return vote(labels.reshape(frames.shape[:2]))


def grouped(
    points: Callable[[int], NDArray[np.floating]], count: int | None, rng: np.random.Generator, restarts: int
) -> NDArray[np.int32]:
    """Return the clusters [N] of ``points(count)`` [N, D], or with the best silhouette for 2 to `MOST_GROUPS`."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    seed = int(rng.integers(2**31))

    def clustered(number: int) -> tuple[float, NDArray[np.int32]]:
        items = points(number)
        labels: NDArray[np.int32] = KMeans(number, n_init=restarts, random_state=seed).fit(items).labels_
        step = -(-len(items) // SCORED)
        some = labels[::step]
        if count is not None or not 1 < len(set(some.tolist())) < len(some):
            return -1.0, labels
        return float(silhouette_score(items[::step], some)), labels

    numbers = range(2, MOST_GROUPS + 1) if count is None else (count,)
    return max(map(clustered, numbers), key=lambda pair: pair[0])[1]


KMeansKnown = known_count(KMeans)
