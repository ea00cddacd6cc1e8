"""Ward's clustering of the representatives' mean states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, known_count

from .cutting import cut

if TYPE_CHECKING:
    from torch import Tensor


class TrajectoryMeanWard(BasinDetector):
    """Averages all frames after burn-in of each representative's trajectories and clusters the means by Ward's rule.

    Trivial, and hard to beat where basins differ in their means. Source: Ward 1963; the number of groups by silhouette.
    """

    name = "trajectory-mean-ward"
    version = "1"
    card = Card(title="Trajectory mean + Ward", status="baseline", note="Ward 1963 on mean states.")

    def partition(self, trajectories: Tensor, context: BasinContext) -> list[int]:
        """Return the groups of the means' tree [K]."""
        from scipy.spatial.distance import cdist

        means = trajectories[:, :, context.burn_in :].mean(dim=(1, 2)).double().cpu().numpy()
        return cut(cdist(means, means), count=context.count, linkage="ward").tolist()


TrajectoryMeanWardKnown = known_count(TrajectoryMeanWard)
