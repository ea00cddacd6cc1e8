"""k-means on frames."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories

from ._cluster_count import clustered
from ._trajectory_frames import settled, thinned, vote


class KMeans(BasinDetector):
    """Clusters frames after burn-in; a representative belongs where most of its frames do.

    Where the number of basins is not known: as many clusters of 2 to 8 as have the largest silhouette. Sources: Lloyd
    1982, started as Arthur and Vassilvitskii 2007; Rousseeuw 1987.
    """

    name = "kmeans"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"kmeans-known": {"basins": "counted"}}
    card = Card(title="k-means on frames", status="baseline", note="Lloyd 1982; scikit-learn, k-means++.")

    class Parameters(BasinDetector.Parameters):
        """A few restarts, of which the best is kept, on a part of the frames."""

        restarts: int = Field(3, ge=1, description="how many starts; the one with the smallest inertia counts")
        frames: int = Field(2048, ge=16, description="of how many frames at most, evenly spaced")

    parameters: Parameters

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return each representative's most frequent cluster [K]."""
        frames = thinned(settled(trajectories, context.burn_in), self.parameters.frames)
        points = frames.reshape(-1, frames.shape[2])
        labels = clustered(lambda _: points, context.count, context.rng("k-means"), self.parameters.restarts)
        return vote(labels.reshape(frames.shape[:2]))
