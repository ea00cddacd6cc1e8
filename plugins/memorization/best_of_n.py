"""Baseline: of several initial noises, the one with the smallest |e|."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class BestOfN(Mitigation):
    """Draws more noises for each sample and keeps the one whose |e| at the first step is smallest.

    No gradient, no step size, and exactly Gaussian candidates, of which the given noise is the first. What an
    adjustment is worth shows beside this, at equal evaluations.
    """

    name = "best-of-n"
    version = "1"
    card = Card(title="Best of N noises by |e|", status="baseline")

    class Parameters(Mitigation.Parameters):
        """Up to 32 candidates."""

        candidates: tuple[int, ...] = Field((2, 4, 8, 16, 32), description="noises to choose from")

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, int]:
        """Numbers of candidates."""
        return {f"of {count}": count for count in self.parameters.candidates}

    def plan(self, strength: int, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        generator = context.generator("candidates")
        best, lowest = noise.clone(), _norms(noise, conditions, context)
        for _ in range(strength - 1):
            candidate = torch.randn(noise.shape, generator=generator).to(noise)
            norms = _norms(candidate, conditions, context)
            better = norms < lowest
            best[better], lowest[better] = candidate[better], norms[better]
        return Plan(best, conditions, constant(context.scale, len(noise), context))


def _norms(latents: Tensor, conditions: Tensor, context: MitigationContext) -> Tensor:
    with torch.no_grad():
        norms: Tensor = context.sampler.difference(latents, conditions).flatten(1).norm(dim=1)
    return norms
