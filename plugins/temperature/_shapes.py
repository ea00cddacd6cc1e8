"""Shapes of schedules over a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from suite.tracks.temperature import AnnealingContext


def constant(beta: float, context: AnnealingContext) -> NDArray[np.float64]:
    """Return one inverse temperature for each step [steps]."""
    return np.full(context.steps, beta)


def linear(first: float, last: float, time: float, context: AnnealingContext) -> NDArray[np.float64]:
    """Return inverse temperatures that rise evenly within ``time`` and then stay [steps]."""
    return np.asarray(first + (last - first) * np.minimum(context.times / time, 1.0))
