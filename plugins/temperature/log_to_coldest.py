"""Logarithmic annealing where nobody knows a barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from suite import Card
from suite.tracks.temperature import AnnealingContext, Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LogToColdest(Schedule):
    """beta(t) = log(t + e) / c, with the c at which it ends at the coldest of the task's range, whatever H* is."""

    name = "log-to-coldest"
    version = "1"
    card = Card(
        title="Logarithmic annealing to the coldest",
        status="baseline",
        note="c follows from the end of the range; log-annealing takes it from the barrier, where that is known.",
    )

    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """See `Schedule`."""
        return np.asarray(context.coldest * np.log(context.times + np.e) / np.log(context.horizon + np.e))
