"""Schedule-free SGD, by its authors' package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Procedure, Trainer, TrainingContext

if TYPE_CHECKING:
    from torch import Tensor


class ScheduleFree(Procedure):
    """Averages while it trains, in the place of a schedule; the package's optimizer, whose z is put on the sphere.

    The package keeps z and y, and the average x by y = (1 - momentum) z + momentum x: y moves with z, so that x stays.
    Its rate is 1 and gradients are multiplied by each run's rate, which is the same: all runs are one parameter.
    """

    name = "schedule-free"
    version = "1"
    card = Card(
        title="Schedule-free SGD",
        status="authors' code",
        paper="The Road Less Scheduled",
        authors="Aaron Defazio, Xingyu Alice Yang, Harsh Mehta, Konstantin Mishchenko, Ahmed Khaled, Ashok Cutkosky",
        year=2024,
        url="https://arxiv.org/abs/2405.15682",
    )

    class Parameters(Procedure.Parameters):
        """The momentum."""

        momentum: float = Field(0.9, gt=0, lt=1, description="share of the average in where gradients are taken")

    parameters: Parameters

    def train(self, trainer: Trainer, context: TrainingContext) -> Tensor:
        """See `Procedure`."""
        from schedulefree import SGDScheduleFree

        momentum, lengths = self.parameters.momentum, (trainer.radius**2 or 1.0) * trainer.rates[:, None]
        weights = torch.nn.Parameter(trainer.start)
        optimizer = SGDScheduleFree([weights], lr=1.0, momentum=momentum)
        optimizer.train()
        for _ in range(context.updates):
            weights.grad = lengths * trainer.gradient(weights.detach())
            optimizer.step()
            z = optimizer.state[weights]["z"]
            with torch.no_grad():
                placed = trainer.on_sphere(z)
                weights.add_(placed - z, alpha=1 - momentum)
                z.copy_(placed)
        optimizer.eval()
        return weights.detach()
