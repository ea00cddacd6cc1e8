"""Optimisation of the prompt's embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._descent import descend
from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class EmbeddingOptimisation(Mitigation):
    """Moves the condition, and not the noise, by AdamW until |e| at the first step is at most a target.

    Source: Wen et al. 2024, their released code: rate 0.05, ten steps at most, the first step of sampling.
    """

    name = "embedding-optimisation"
    version = "1"
    card = Card(
        title="Prompt-embedding optimisation",
        status="authors' code",
        paper="Detecting, Explaining, and Mitigating Memorization in Diffusion Models",
        authors="Wen, Liu, Chen, Lyu",
        year=2024,
        url="https://openreview.net/forum?id=84n3UwkH7b",
        note="Targets are in units of ordinary captions' |e|. An embedding for each sample, since each has its noise.",
    )

    class Parameters(Mitigation.Parameters):
        """The authors' rate and number of steps."""

        targets: tuple[float, ...] = Field(
            (1.2, 1.0, 0.8, 0.6, 0.4), description="|e| to come down to, over its median for ordinary captions"
        )
        rate: float = Field(0.05, gt=0, description="learning rate of AdamW")
        most: int = Field(10, ge=1, description="steps at most")

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, float]:
        """Targets for |e|."""
        return {f"target {target:g}": target for target in self.parameters.targets}

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""

        def difference(told: Tensor, rows: Tensor) -> Tensor:
            return context.sampler.difference(noise[rows], told)

        target = strength * context.ordinary
        found = descend(conditions, difference, target, self.parameters.rate, self.parameters.most)
        return Plan(noise, found.moved, constant(context.scale, len(noise), context))
