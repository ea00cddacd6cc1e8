"""Energy distance."""

from __future__ import annotations

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories

from ._cluster_count import cut


class EnergyDistance(BasinDetector):
    """``2 E|x - y| - E|x - x'| - E|y - y'|`` of the frames of each pair of representatives; average linkage.

    Source: Szekely and Rizzo 2013. Unbiased, with trajectories as the independent units. No parameters.
    """

    name = "energy-distance"
    version = "1"
    uses = frozenset({"count"})
    formerly = {"energy-distance-known": {"basins": "counted"}}
    card = Card(
        title="Energy distance + average linkage", status="baseline", note="Statistic of Szekely and Rizzo 2013."
    )

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return the groups of the energy distances' tree [K]."""
        from ._discrepancy import discrepancies

        distances = discrepancies(trajectories[:, :, context.burn_in :], lambda squared: squared.sqrt_().neg_())
        return Partition(cut(distances, count=context.count))
