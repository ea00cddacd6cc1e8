"""Averages of weights along a constant rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Procedure, Trainer, TrainingContext

from ._shapes import held

if TYPE_CHECKING:
    from torch import Tensor


class StochasticWeightAveraging(Procedure):
    """Spends the whole budget at the rate of the grid, and averages the last checkpoints."""

    name = "swa"
    version = "1"
    card = Card(
        title="Stochastic weight averaging",
        status="paper",
        paper="Averaging Weights Leads to Wider Optima and Better Generalization",
        authors="Pavel Izmailov, Dmitrii Podoprikhin, Timur Garipov, Dmitry Vetrov, Andrew Gordon Wilson",
        year=2018,
        url="https://arxiv.org/abs/1803.05407",
    )

    class Parameters(Procedure.Parameters):
        """The checkpoints."""

        k: int = Field(10, ge=1, description="how many are averaged")
        share: float = Field(0.25, gt=0, le=1, description="of the budget, its end, over which they are spread evenly")

    parameters: Parameters

    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """See `Procedure`."""
        k = self.parameters.k
        apart = max(1, int(self.parameters.share * context.updates / k))
        weights = trainer.train(trainer.start, held(trainer.rates, max(0, context.updates - k * apart)))
        kept = []
        for _ in range(min(k, trainer.left // apart)):
            weights = trainer.train(weights, held(trainer.rates, apart))
            kept.append(weights)
        return torch.stack(kept).mean(0)
