"""Warm-up, stable, decay; once or in several cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.learning_rate import Schedule, TrainingContext

from ._shapes import flat, linear, warm

if TYPE_CHECKING:
    from torch import Tensor


class WSD(Schedule):
    """Rises to the rate of the grid, stays there, and falls evenly at the end of each cycle."""

    name = "wsd"
    version = "1"
    card = Card(
        title="Warm-up, stable, decay (WSD)",
        status="paper",
        paper="MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
        authors="Shengding Hu et al.",
        year=2024,
        url="https://arxiv.org/abs/2404.06395",
        note="With an even decay; the paper's falls exponentially.",
    )

    class Parameters(Schedule.Parameters):
        """Shares of the budget."""

        warm_up: float = Field(0.05, ge=0, lt=1, description="share of the budget over which the rate rises from 0")
        decay: float = Field(0.2, gt=0, lt=1, description="share of each cycle, its end, over which the rate falls")
        cycles: int = Field(1, ge=1, description="how often it falls, each time after the same number of updates")

    parameters: Parameters

    def rates(self, grid: Tensor, context: TrainingContext) -> Tensor:
        """See `Schedule`."""
        first = round(self.parameters.warm_up * context.updates)
        parts, left = [warm(first)], context.updates - first
        for cycle in range(self.parameters.cycles, 0, -1):
            falling = max(1, round(self.parameters.decay * left / cycle))
            parts += [flat(left // cycle - falling), linear(falling)]
            left -= left // cycle
        return torch.cat(parts) * grid
