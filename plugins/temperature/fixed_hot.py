"""Control: the same high temperature throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.temperature import AnnealingContext, Schedule

from ._shapes import constant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FixedHot(Schedule):
    """Walks at one inverse temperature, the hottest of the task's range unless another is given."""

    name = "fixed-hot"
    version = "1"
    standing = "reference"
    card = Card(title="Fixed, hot", status="baseline")

    class Parameters(Schedule.Parameters):
        """The inverse temperature."""

        beta: float | None = Field(None, gt=0, description="inverse temperature; the task's hottest if not given")

    parameters: Parameters

    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """See `Schedule`."""
        return constant(self.parameters.beta or context.hottest, context)
