"""HDBSCAN on principal components of frames."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories

from ._trajectory_frames import principal, settled, thinned, vote


class HDBSCAN(BasinDetector):
    """Density-based clusters of frames after burn-in; frames that it calls noise do not vote.

    It finds the number of clusters itself. Representatives all of whose frames are noise share one basin. Source:
    Campello, Moulavi and Sander 2013, on the leading principal components.
    """

    name = "hdbscan"
    version = "1"
    card = Card(title="PCA + HDBSCAN", status="baseline", note="Campello, Moulavi and Sander 2013; scikit-learn.")

    class Parameters(BasinDetector.Parameters):
        """Ten components, as for the other clusterings of frames."""

        components: int = Field(10, ge=1, description="how many principal components")
        smallest: float = Field(0.005, gt=0, lt=1, description="size of the smallest cluster, as a share of the frames")
        frames: int = Field(2048, ge=16, description="of how many frames at most, evenly spaced")

    parameters: Parameters
    grid = {"smallest": (0.005, 0.01, 0.02, 0.05)}

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return the most frequent cluster of each representative's frames [K]."""
        from sklearn.cluster import HDBSCAN

        parameters = self.parameters
        scores = principal(thinned(settled(trajectories, context.burn_in), parameters.frames), parameters.components)
        points = scores.reshape(-1, scores.shape[2])
        size = max(2, round(parameters.smallest * len(points)))
        labels = HDBSCAN(min_cluster_size=size, copy=True).fit(points).labels_
        return vote(labels.reshape(scores.shape[:2]))
