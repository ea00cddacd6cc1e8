"""Spectral clustering of frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories

from ._cluster_count import MOST_GROUPS, clustered
from ._trajectory_frames import settled, thinned, vote


class Spectral(BasinDetector):
    """k-means on the leading eigenvectors of the graph of nearest neighbours among frames; majority vote.

    Where the number of basins is not known: as many clusters of 2 to 8 as have the largest silhouette among the
    eigenvectors. Source: Ng, Jordan and Weiss 2001, rows scaled to unit length.
    """

    name = "spectral"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"spectral-known": {"basins": "counted"}}
    card = Card(
        title="Spectral clustering of frames", status="baseline", note="Ng, Jordan and Weiss 2001; graph of neighbours."
    )

    class Parameters(BasinDetector.Parameters):
        """The graph is of a part of the frames, since its cost is quadratic."""

        neighbours: int = Field(20, ge=1, description="how many neighbours each frame is joined to")
        frames: int = Field(2048, ge=16, description="of how many frames at most, evenly spaced")
        restarts: int = Field(3, ge=1, description="how many starts of k-means")

    parameters: Parameters
    grid = {"neighbours": (20, 5, 10, 40)}

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return the most frequent cluster of each representative's frames [K].

        Raises:
            ValueError: there are not more frames than neighbours.
        """
        frames = thinned(settled(trajectories, context.burn_in), self.parameters.frames)
        rng = context.rng("spectral")
        vectors = leading(frames.reshape(-1, frames.shape[2]), self.parameters.neighbours, context.count, rng)

        def rows(number: int) -> NDArray[np.float64]:
            chosen: NDArray[np.float64] = vectors[:, :number]
            return np.asarray(chosen / np.linalg.norm(chosen, axis=1, keepdims=True).clip(min=1e-12))

        labels = clustered(rows, context.count, rng, self.parameters.restarts)
        return vote(labels.reshape(frames.shape[:2]))


def leading(
    points: NDArray[np.floating], neighbours: int, count: int | None, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the leading ``count`` or `MOST_GROUPS` eigenvectors [N, count] of the normalised graph of points [N, D].

    Two points are joined with weight 1 if each is among the other's nearest, with 1/2 if one is.
    """
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import eigsh
    from sklearn.neighbors import kneighbors_graph

    if len(points) <= neighbours:
        raise ValueError(f"expected more frames than the {neighbours} neighbours, got {len(points)}")
    graph = kneighbors_graph(points, neighbours)
    graph = (graph + graph.T) / 2
    scale = diags_array(1 / np.sqrt(np.asarray(graph.sum(axis=1)).ravel()))
    start = rng.normal(size=len(points))
    _, vectors = eigsh(scale @ graph @ scale, k=count or MOST_GROUPS, which="LA", v0=start)
    return np.asarray(vectors[:, ::-1])
