"""Ward's clustering of the representatives' mean states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector
from suite.tracks.basins.contract import KNOWN

if TYPE_CHECKING:
    from torch import Tensor


class TrajectoryMeanWardKnown(BasinDetector):
    """Averages all frames after burn-in of each representative's trajectories and clusters the means by Ward's rule.

    Trivial, and hard to beat where basins differ in their means. Source: Ward 1963.
    """

    name = "trajectory-mean-ward-known"
    version = "1"
    league = KNOWN
    card = Card(title="Trajectory mean + Ward", status="baseline", note="Ward 1963 on mean states.")

    def partition(self, trajectories: Tensor, context: BasinContext) -> list[int]:
        """Return ``context.count`` clusters of the means [K, D]."""
        from scipy.cluster.hierarchy import fcluster, ward

        means = trajectories[:, :, context.burn_in :].mean(dim=(1, 2)).double().cpu().numpy()
        labels: list[int] = fcluster(ward(means), context.count, "maxclust").tolist()
        return labels
