"""A quench: through the whole range at once, and cold from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.temperature import AnnealingContext, Schedule

from ._shapes import linear

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FastQuench(Schedule):
    """beta rises evenly through the task's range within a short time, then stays at the coldest: what traps."""

    name = "fast-quench"
    version = "1"
    card = Card(title="Fast quench", status="baseline")

    class Parameters(Schedule.Parameters):
        """How fast."""

        time: float = Field(2.0, gt=0, description="time until the coldest is reached")

    parameters: Parameters

    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """See `Schedule`."""
        return linear(context.hottest, context.coldest, self.parameters.time, context)
