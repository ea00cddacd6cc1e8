"""A temperature that is learned with the encoder, as CLIP does."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.temperature import Annealer, AnnealingContext, Walkers


class LearnedTemperature(Annealer):
    """log beta is one more weight: Adam moves it down the slope of the loss in each update, and it is clipped.

    Source: Radford et al. 2021, section 2.5 and figure 3.
    """

    name = "learned-temperature"
    version = "1"
    needs = frozenset({"loss"})
    card = Card(
        title="Learned temperature",
        status="paper",
        paper="Learning Transferable Visual Models From Natural Language Supervision",
        authors="Alec Radford, Jong Wook Kim, Chris Hallacy, Aditya Ramesh, Gabriel Goh, Sandhini Agarwal, et al.",
        year=2021,
        url="https://arxiv.org/abs/2103.00020",
        note="The rate stays, whereas the encoder's falls: a method is not told that one.",
    )

    class Parameters(Annealer.Parameters):
        """Where it starts, how fast it moves, and where it stops."""

        first: float = Field(1 / 0.07, gt=0, description="inverse temperature at the start")
        rate: float = Field(3e-3, gt=0, description="of Adam, on the logarithm")
        clip: float = Field(100.0, gt=0, description="the largest inverse temperature")

    parameters: Parameters

    def anneal(self, walkers: Walkers, context: AnnealingContext) -> None:
        """Take a step, and move the temperature by its slope."""
        scale = torch.tensor(math.log(self.parameters.first), dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.Adam([scale], lr=self.parameters.rate)
        for _ in range(walkers.left):
            scale.data.clamp_(max=math.log(self.parameters.clip))
            walkers.walk(np.array([math.exp(scale.item())]))
            scale.grad = torch.tensor(float(walkers.slopes()[0, 0]), dtype=torch.float64)
            optimiser.step()
