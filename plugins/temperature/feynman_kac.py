"""Feynman-Kac weighted sampling under the budget of one walker."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from pydantic import Field

from suite import Card
from suite.tracks.temperature import Annealer, AnnealingContext, Walkers


class FeynmanKac(Annealer):
    """A few walkers for each run, weighted by exp(-(beta' - beta) U) where beta rises, and drawn anew by weight.

    A run's walkers share its budget: each takes a part of the steps. beta rises geometrically through the task's range,
    in levels. Source: Del Moral, Doucet and Jasra 2006, section 3.3, with weights for the next level and drawing anew,
    multinomially, at each.
    """

    name = "feynman-kac"
    version = "1"
    card = Card(
        title="Feynman-Kac weighted sampling",
        status="paper",
        paper="Sequential Monte Carlo Samplers",
        authors="Pierre Del Moral, Arnaud Doucet, Ajay Jasra",
        year=2006,
        url="https://arxiv.org/abs/cond-mat/0212648",
        note="Langevin steps as moves; walkers are drawn anew at each level, within each run alone.",
    )

    class Parameters(Annealer.Parameters):
        """How many walkers and levels."""

        walkers: int = Field(8, ge=2, description="walkers of a run")
        levels: int = Field(50, ge=2, description="inverse temperatures on the way, if there are steps for them")

    parameters: Parameters

    def anneal(self, walkers: Walkers, context: AnnealingContext) -> None:
        """Walk on each level, weigh for the next, and draw anew."""
        count, rng = self.parameters.walkers, context.rng("draws")
        each = walkers.left // count
        levels = max(1, min(self.parameters.levels, each // 2))
        betas = np.geomspace(context.hottest, context.coldest, levels)
        walkers.gather(np.zeros((context.runs, count), np.int64))
        for beta, following in pairwise(betas.tolist()):
            walkers.walk(np.full(each // levels - 1, beta))
            energies = walkers.energies()
            weights = np.exp(-(following - beta) * (energies - energies.min(axis=1, keepdims=True)))
            shares = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
            drawn = (rng.random((context.runs, count, 1)) > shares[:, None, :-1]).sum(axis=2)
            walkers.gather(drawn)
        walkers.walk(np.full(walkers.left // count, betas[-1]))
