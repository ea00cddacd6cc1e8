"""Ward's clustering of the representatives' mean states."""

from __future__ import annotations

from suite import Card
from suite.lazy import torch
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from ._cluster_count import cut


class TrajectoryMeanWard(BasinDetector):
    """Averages all frames after burn-in of each representative's trajectories and clusters the means by Ward's rule.

    Trivial, and hard to beat where basins differ in their means. Source: Ward 1963. Where the number of basins is not
    known it is chosen by silhouette, on unbiased distances: those of means in many dimensions are mostly noise.
    """

    name = "trajectory-mean-ward"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"trajectory-mean-ward-known": {"basins": "counted"}}
    card = Card(title="Trajectory mean + Ward", status="baseline", note="Ward 1963 on mean states.")

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the groups of the means' tree [K].

        Raises:
            ValueError: the number of basins is not known, and there is one trajectory, whose mean tells of no noise.
        """
        from scipy.spatial.distance import pdist, squareform

        means = trajectories[:, :, context.burn_in :].double().mean(dim=2)  # [K, M, D]
        squares = torch.from_numpy(squareform(pdist(means.mean(dim=1).cpu().numpy(), "sqeuclidean")))
        count = context.count
        if count is None:
            if means.shape[1] < 2:
                raise ValueError("expected 2 trajectories or more of each representative, to tell noise from distance")
            noise = means.var(dim=1).sum(dim=1).cpu() / means.shape[1]  # how far a mean is from its limit, squared
            unbiased = (squares - (noise[:, None] + noise)).clamp(min=0).fill_diagonal_(0)
            count = len(set(cut(unbiased.sqrt().numpy(), linkage="ward").tolist()))
        return Partition(cut(squares.sqrt().numpy(), count=count, linkage="ward"))
