"""A rate that is too high, then the rate of the grid, then a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Schedule, TrainingContext

from ._shapes import flat, tuned

if TYPE_CHECKING:
    from torch import Tensor


class TwoStage(Schedule):
    """Asks whether a start at too high a rate is forgotten: the authors' two-stage check, under one budget."""

    name = "two-stage"
    version = "1"
    card = Card(
        title="Two stages and fine-tuning",
        status="authors' code",
        paper="Where Do Large Learning Rates Lead Us?",
        authors="Ildus Sadrtdinov, Maxim Kodryan, Eduard Pokonechny, Ekaterina Lobacheva, Dmitry Vetrov",
        year=2024,
        url="https://arxiv.org/abs/2410.22113",
    )

    class Parameters(Schedule.Parameters):
        """Of the first stage, and of fine-tuning."""

        factor: float = Field(10.0, gt=0, description="of the rate of the grid, in the first stage")
        first: float = Field(1 / 3, gt=0, lt=1, description="share of the budget of the first stage")
        share: float = Field(0.5, gt=0, lt=1, description="of the rest, at the rate of the grid; then the fine rate")

    parameters: Parameters

    def rates(self, grid: Tensor, context: TrainingContext) -> Tensor:
        """See `Schedule`."""
        first = round(self.parameters.first * context.updates)
        rest = tuned(grid, context.updates - first, self.parameters.share, context.fine)
        return torch.cat((self.parameters.factor * flat(first) * grid, rest))
