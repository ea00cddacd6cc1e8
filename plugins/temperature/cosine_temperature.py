"""A temperature that goes up and down as a cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from suite import Card
from suite.tracks.temperature import AnnealingContext, Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CosineTemperature(Schedule):
    """tau(t) = tau- + (tau+ - tau-) (1 + cos(2 pi t / T)) / 2, from the hottest to the coldest and back.

    tau- and tau+ are the ends of the task's range. Source: Kukleva et al. 2023, and their code, which has five periods
    in the training on CIFAR.
    """

    name = "cosine-temperature"
    version = "1"
    card = Card(
        title="Cosine temperature",
        status="paper",
        paper="Temperature Schedules for Self-Supervised Contrastive Methods on Long-Tail Data",
        authors="Anna Kukleva, Moritz Böhle, Bernt Schiele, Hilde Kuehne, Christian Rupprecht",
        year=2023,
        url="https://arxiv.org/abs/2303.13664",
        note="The range is the task's; the paper's is 0.1 to 1.",
    )

    class Parameters(Schedule.Parameters):
        """The period."""

        periods: float = Field(5.0, gt=0, description="how often tau goes up and down within the budget")

    parameters: Parameters

    def betas(self, context: AnnealingContext) -> NDArray[np.float64]:
        """See `Schedule`."""
        hot, cold = 1 / context.hottest, 1 / context.coldest
        turns = 2 * np.pi * self.parameters.periods * context.times / context.horizon
        return np.asarray(1 / (cold + (hot - cold) * (1 + np.cos(turns)) / 2))
