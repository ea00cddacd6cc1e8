"""Control: labels drawn at random."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.tracks.basins import BasinContext, BasinDetector, Partition, Trajectories


class Random(BasinDetector):
    """Draws each label at random; its ARI is 0 in the mean."""

    name = "random"
    version = "1"
    standing = "reference"
    card = Card(title="Random labels", status="baseline")

    class Parameters(BasinDetector.Parameters):
        """Three groups, if nothing else is said."""

        groups: int = Field(3, ge=1, description="how many labels there are")

    parameters: Parameters

    def partition(self, trajectories: Trajectories, context: BasinContext) -> Partition:
        """Return independent labels [K]."""
        return Partition(context.rng("labels").integers(self.parameters.groups, size=len(trajectories)))
