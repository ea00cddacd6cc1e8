"""WSD-S: decay several times, and go on from what the decay led to."""

from __future__ import annotations

from pydantic import Field

from suite import Card

from .wsd import WSD


class WSDS(WSD):
    """Goes on at the full rate from the weights of each decay, in three cycles."""

    name = "wsd-s"
    version = "1"
    card = Card(
        title="WSD-S",
        status="paper",
        paper="Understanding Warmup-Stable-Decay Learning Rates: A River Valley Loss Landscape Perspective",
        authors="Kaiyue Wen, Zhiyuan Li, Jason Wang, David Hall, Percy Liang, Tengyu Ma",
        year=2024,
        url="https://arxiv.org/abs/2410.05192",
        note="With an even decay; the paper's falls as the reciprocal of an even rise.",
    )

    class Parameters(WSD.Parameters):
        """Shares of the budget."""

        cycles: int = Field(3, ge=1, description="how often it falls, each time after the same number of updates")

    parameters: Parameters
