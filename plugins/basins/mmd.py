"""Maximum mean discrepancy."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from ._cluster_count import cut


class MMD(BasinDetector):
    """Squared maximum mean discrepancy of the frames of each pair of representatives, average linkage, silhouette.

    Source: Gretton et al. 2012, kernel ``exp(-||x - y||^2 / (2 s^2))``, with the median distance between frames of all
    representatives for the unit of s. Unbiased, with trajectories as the independent units.
    """

    name = "mmd"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"mmd-known": {"basins": "counted"}}
    card = Card(
        title="MMD + average linkage",
        status="baseline",
        note="Two-sample statistic of Gretton et al. 2012, RBF kernel.",
    )

    class Parameters(BasinDetector.Parameters):
        """A quarter of the usual median: chosen on the development systems, where it saves what has no mean."""

        bandwidth: float = Field(0.25, gt=0, description="the kernel's width s, in median distances")

    parameters: Parameters
    grid = {"bandwidth": (0.25, 0.125, 0.18, 0.35, 0.5, 1.0)}

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the groups of the discrepancies' tree [K]."""
        from ._discrepancy import discrepancies, median_squared_distance

        frames = trajectories[:, :, context.burn_in :]
        width = 2 * self.parameters.bandwidth**2 * median_squared_distance(frames)
        distances = discrepancies(frames, lambda squared: squared.div_(-width).exp_())
        return Partition(cut(distances, count=context.count))
