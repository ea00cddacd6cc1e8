"""Control: everything is one basin."""

from __future__ import annotations

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories


class OneBasin(BasinDetector):
    """Says that all representatives share one basin; its ARI is 0 where that is wrong."""

    name = "one-basin"
    version = "1"
    standing = "reference"
    card = Card(title="One basin", status="baseline")

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return zeros [K]."""
        return [0] * len(trajectories)
