"""Stochastic weight averaging."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class SWA(Learner):
    """Averages the weights at the ends of cycles in which the rate falls from a share of the recipe's rate to zero.

    The first part of the epochs is the recipe's, down to zero. Statistics of batch norms are taken anew, by one pass
    over the training images. Source: Izmailov et al. 2018, whose cycles fall in a straight line, and ours by a cosine.
    """

    name = "swa"
    version = "1"
    card = Card(
        title="Stochastic weight averaging (SWA)",
        status="paper",
        paper="Averaging Weights Leads to Wider Optima and Better Generalization",
        authors="Pavel Izmailov, Dmitrii Podoprikhin, Timur Garipov, Dmitry Vetrov, Andrew Gordon Wilson",
        year=2018,
        url="https://arxiv.org/abs/1803.05407",
    )

    class Parameters(Learner.Parameters):
        """The averaging."""

        share: float = Field(0.25, gt=0, le=1, description="of the epochs, their end, each of which is a cycle")
        rate: float = Field(0.5, gt=0, description="at which a cycle begins, as a share of the recipe's")

    parameters: Parameters

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network, and average what it is at the end of each of its last epochs."""
        from torch.optim.swa_utils import AveragedModel, update_bn

        recipe, network = data.recipe, data.build(context.seed)
        cycles = max(1, round(self.parameters.share * recipe.epochs))
        if cycles < recipe.epochs:
            data.fit(network, context, replace(recipe, epochs=recipe.epochs - cycles))
        network.to(context.device)
        average = AveragedModel(network)
        cycle = replace(recipe, epochs=1, learning_rate=self.parameters.rate * recipe.learning_rate, warmup_epochs=0)
        seeds = context.rng("cycles").integers(2**31, size=cycles)
        for seed in seeds:
            data.fit(network, replace(context, seed=int(seed)), cycle)
            average.update_parameters(network)
        parts = torch.split(data.pixels, recipe.batch_size)
        update_bn([data.transform.normalise(part.to(context.device)) for part in parts], average)
        self.network = average.module.eval()
