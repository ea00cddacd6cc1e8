"""Sharpness-aware minimisation, then fine-tuning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Procedure, Trainer, TrainingContext

from ._shapes import tuned

if TYPE_CHECKING:
    from torch import Tensor


class SAM(Procedure):
    """Steps by the gradient from a point uphill, on the same batch: two gradients for each of half as many updates."""

    name = "sam"
    version = "1"
    card = Card(
        title="Sharpness-aware minimisation (SAM) and fine-tuning",
        status="paper",
        paper="Sharpness-Aware Minimization for Efficiently Improving Generalization",
        authors="Pierre Foret, Ariel Kleiner, Hossein Mobahi, Behnam Neyshabur",
        year=2021,
        url="https://arxiv.org/abs/2010.01412",
    )

    class Parameters(Procedure.Parameters):
        """How far uphill, and shares of the budget."""

        radius: float = Field(0.02, gt=0, description="how far uphill, as a share of the norm of the weights")
        share: float = Field(2 / 3, gt=0, lt=1, description="of the updates at the rate of the grid")

    parameters: Parameters
    grid = {"radius": (0.005, 0.02, 0.05)}

    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """See `Procedure`."""
        weights, scale = trainer.start, trainer.radius**2 or 1.0
        for rates in tuned(trainer.rates, context.updates // 2, self.parameters.share, context.fine)[:, :, None]:
            uphill = torch.nn.functional.normalize(trainer.gradient(weights), dim=1)
            above = weights + self.parameters.radius * weights.norm(dim=1, keepdim=True) * uphill
            weights = trainer.on_sphere(weights - scale * rates * trainer.gradient(above, again=True))
        return weights
