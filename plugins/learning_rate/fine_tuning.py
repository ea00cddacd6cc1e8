"""A large rate first, then a small one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.learning_rate import Schedule, TrainingContext

from ._shapes import tuned

if TYPE_CHECKING:
    from torch import Tensor


class FineTuning(Schedule):
    """Trains at the rate of the grid, then at a small rate, which is the same for every run."""

    name = "fine-tuning"
    version = "1"
    card = Card(
        title="Constant rate and fine-tuning at a small one",
        status="authors' code",
        paper="Where Do Large Learning Rates Lead Us?",
        authors="Ildus Sadrtdinov, Maxim Kodryan, Eduard Pokonechny, Ekaterina Lobacheva, Dmitry Vetrov",
        year=2024,
        url="https://arxiv.org/abs/2410.22113",
    )

    class Parameters(Schedule.Parameters):
        """Of both parts."""

        share: float = Field(2 / 3, gt=0, lt=1, description="of the budget at the rate of the grid")
        fine: float | None = Field(None, gt=0, description="rate of the rest; the task's own if not given")

    parameters: Parameters

    def rates(self, grid: Tensor, context: TrainingContext) -> Tensor:
        """See `Schedule`."""
        return tuned(grid, context.updates, self.parameters.share, self.parameters.fine or context.fine)
