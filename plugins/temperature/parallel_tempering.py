"""Parallel tempering under the budget of one walker."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from suite import Card
from suite.tracks.temperature import Annealer, AnnealingContext, Walkers


class ParallelTempering(Annealer):
    """A ladder of walkers for each run, from cold to hot, which exchange places by the Metropolis rule.

    A run's walkers share its budget: each takes a part of the steps. The coldest is the answer. Source: Hukushima and
    Nemoto 1996, eqs. 4 and 5, with Langevin steps between exchanges.
    """

    name = "parallel-tempering"
    version = "1"
    card = Card(
        title="Parallel tempering",
        status="paper",
        paper="Exchange Monte Carlo Method and Application to Spin Glass Simulations",
        authors="Koji Hukushima, Koji Nemoto",
        year=1996,
        url="https://arxiv.org/abs/cond-mat/9512035",
        note="Langevin steps between exchanges; the ladder is geometric from a part of the coldest to the coldest.",
    )

    class Parameters(Annealer.Parameters):
        """The ladder and how often it is used."""

        rungs: int = Field(4, ge=2, description="walkers of a run")
        span: float = Field(16.0, gt=1, description="the coldest inverse temperature over that of the hottest walker")
        every: int = Field(10, ge=1, description="steps between two exchanges")

    parameters: Parameters

    def anneal(self, walkers: Walkers, context: AnnealingContext) -> None:
        """Walk and exchange until the budget is spent."""
        rungs, every, rng = self.parameters.rungs, self.parameters.every, context.rng("exchanges")
        betas = np.geomspace(context.coldest, context.coldest / self.parameters.span, rungs)
        walkers.gather(np.zeros((context.runs, rungs), np.int64))
        steps, offset = np.tile(betas, (every, 1)), 0
        while walkers.left >= rungs * (every + 1):
            walkers.walk(steps)
            energies = walkers.energies()
            rows = np.tile(np.arange(rungs), (context.runs, 1))
            for cold in range(offset, rungs - 1, 2):
                gain = (betas[cold] - betas[cold + 1]) * (energies[:, cold] - energies[:, cold + 1])
                accepted = np.log(rng.random(context.runs)) < gain
                rows[accepted, cold], rows[accepted, cold + 1] = cold + 1, cold
            walkers.gather(rows)
            offset = 1 - offset
        walkers.walk(np.tile(betas, (walkers.left // rungs, 1)))
