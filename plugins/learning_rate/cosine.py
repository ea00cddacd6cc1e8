"""A rate that falls by half a cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Schedule, TrainingContext

from ._shapes import cosine, warm

if TYPE_CHECKING:
    from torch import Tensor


class Cosine(Schedule):
    """Falls from the rate of the grid to nearly 0 over the whole budget, after a warm-up if one is asked for."""

    name = "cosine"
    version = "1"
    card = Card(
        title="Cosine annealing",
        status="paper",
        paper="SGDR: Stochastic Gradient Descent with Warm Restarts",
        authors="Ilya Loshchilov, Frank Hutter",
        year=2017,
        url="https://arxiv.org/abs/1608.03983",
    )

    class Parameters(Schedule.Parameters):
        """The warm-up."""

        warm_up: float = Field(0.0, ge=0, lt=1, description="share of the budget over which the rate rises from 0")

    parameters: Parameters

    def rates(self, grid: Tensor, context: TrainingContext) -> Tensor:
        """See `Schedule`."""
        first = round(self.parameters.warm_up * context.updates)
        return torch.cat((warm(first), cosine(context.updates - first))) * grid
