"""Energy distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Partition

from ._cluster_count import cut

if TYPE_CHECKING:
    from torch import Tensor


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

    def partition(self, trajectories: Tensor, context: BasinContext) -> Partition:
        """Return the groups of the energy distances' tree [K]."""
        from ._discrepancy import discrepancies

        distances = discrepancies(trajectories[:, :, context.burn_in :], lambda squared: squared.sqrt_().neg_())
        return Partition(cut(distances, count=context.count))
