"""Annealing at constant thermodynamic speed."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from suite import Card
from suite.tracks.temperature import Annealer, AnnealingContext, Walkers


class ThermodynamicSpeed(Annealer):
    """Covers equal thermodynamic lengths, of which d beta is worth sd(U) d beta, in equal times.

    A pilot walks a geometric ladder of inverse temperatures and measures the standard deviation of the energy over runs
    on each rung; then beta goes through the range at the speed that this says. Source: Salamon et al. 1988, with the
    relaxation time taken to be the same throughout.
    """

    name = "thermodynamic-speed"
    version = "1"
    card = Card(
        title="Constant thermodynamic speed",
        status="paper",
        paper="Simulated annealing with constant thermodynamic speed",
        authors="Peter Salamon, James Nulton, John Harland, Jeff Pedersen, George Ruppeiner, Lily Liao",
        year=1988,
        url="https://doi.org/10.1016/0010-4655(88)90003-3",
        note="The relaxation time is taken to be the same at every temperature; lengths come from a pilot.",
    )

    class Parameters(Annealer.Parameters):
        """The pilot."""

        rungs: int = Field(16, ge=2, description="inverse temperatures that the pilot visits")
        pilot: float = Field(0.1, gt=0, lt=1, description="share of the budget that the pilot spends")

    parameters: Parameters

    def anneal(self, walkers: Walkers, context: AnnealingContext) -> None:
        """Measure the speed, then walk at it."""
        ladder = np.geomspace(context.hottest, context.coldest, self.parameters.rungs)
        steps = max(1, int(self.parameters.pilot * context.steps / len(ladder)) - 1)
        deviations = np.empty(len(ladder))
        for rung, beta in enumerate(ladder):
            walkers.walk(np.full(steps, beta))
            deviations[rung] = walkers.energies().std()
        lengths = np.diff(ladder) * (deviations[1:] + deviations[:-1]) / 2
        travelled = np.r_[0.0, np.maximum(lengths, 1e-12).cumsum()]
        walkers.walk(np.interp(np.linspace(0, travelled[-1], walkers.left), travelled, ladder))
