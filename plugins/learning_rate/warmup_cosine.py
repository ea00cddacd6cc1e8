"""A warm-up before half a cosine."""

from __future__ import annotations

from pydantic import Field

from suite import Card

from .cosine import Cosine


class WarmUpCosine(Cosine):
    """Rises evenly to the rate of the grid, then falls from it by half a cosine."""

    name = "warmup-cosine"
    version = "1"
    card = Card(
        title="Warm-up and cosine annealing",
        status="paper",
        paper="Bag of Tricks for Image Classification with Convolutional Neural Networks",
        authors="Tong He, Zhi Zhang, Hang Zhang, Zhongyue Zhang, Junyuan Xie, Mu Li",
        year=2019,
        url="https://arxiv.org/abs/1812.01187",
    )

    class Parameters(Cosine.Parameters):
        """The warm-up."""

        warm_up: float = Field(0.1, ge=0, lt=1, description="share of the budget over which the rate rises from 0")

    parameters: Parameters
