"""Logarithmic annealing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from suite import Card
from suite.tracks.temperature import AnnealingContext, Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECONSTRUCTION = (
    "Reconstruction: the authors' formula was not available. Classical logarithmic annealing applied to InfoNCE "
    "Langevin dynamics."
)


class LogAnnealing(Schedule):
    """beta(t) = log(t + e) / c, with c in units of the barrier H*.

    Reconstruction: the authors' formula was not available. Classical logarithmic annealing applied to InfoNCE Langevin
    dynamics. With c >= H* a walker ends in a global minimum with a probability that goes to 1 (Hajek 1988; Holley,
    Kusuoka and Stroock 1989); with less it may be trapped for ever, with much more it is still hot at any horizon.
    """

    name = "log-annealing"
    version = "1"
    needs = frozenset({"barrier"})
    card = Card(
        title="Logarithmic annealing",
        status="reconstruction",
        paper="Asymptotic and Finite-Time Guarantees for Langevin-Based Temperature Annealing in InfoNCE",
        authors="Faris Chaudhry",
        year=2025,
        url="https://arxiv.org/abs/2603.12552",
        note=RECONSTRUCTION,
    )

    class Parameters(Schedule.Parameters):
        """c over H*."""

        factor: float = Field(1.0, gt=0, description="c in units of the barrier")

    parameters: Parameters

    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """See `Schedule`."""
        assert context.barrier is not None
        return np.asarray(np.log(context.times + np.e) / (self.parameters.factor * context.barrier))
