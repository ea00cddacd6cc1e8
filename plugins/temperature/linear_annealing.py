"""Linear annealing of the inverse temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.temperature import AnnealingContext, Schedule

from ._shapes import linear

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LinearAnnealing(Schedule):
    """beta rises evenly over the whole budget, through the task's range unless ends are given."""

    name = "linear-annealing"
    version = "1"
    card = Card(title="Linear annealing", status="baseline")

    class Parameters(Schedule.Parameters):
        """Both ends."""

        first: float | None = Field(None, gt=0, description="inverse temperature at the start; the task's hottest")
        last: float | None = Field(None, gt=0, description="inverse temperature at the end; the task's coldest")

    parameters: Parameters

    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """See `Schedule`."""
        first, last = self.parameters.first or context.hottest, self.parameters.last or context.coldest
        return linear(first, last, context.horizon, context)
