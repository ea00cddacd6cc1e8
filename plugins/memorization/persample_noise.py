"""Initial-noise adjustment, per sample: gradient descent on |e| at the first step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._noise_descent import NoiseDescentParameters, adjusted, sweep
from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class PersampleNoise(Mitigation):
    """Moves the initial noise by AdamW until |e| at the first step is at most a target, then guides at once.

    Source: Han et al. 2025, sections 1.2 and 1.3 of our notes.
    """

    name = "persample-noise"
    version = "1"
    card = Card(
        title="Initial-noise adjustment, per sample",
        status="authors' code",
        paper="Adjusting Initial Noise to Mitigate Memorization in Text-to-Image Diffusion Models",
        authors="Han, Kim, Joo, Hong, Lee",
        year=2025,
        url="https://arxiv.org/abs/2510.08625",
        note="Targets are in units of ordinary captions' |e|. A norm and a stop for each sample; 60 steps at most.",
    )
    Parameters = NoiseDescentParameters
    parameters: NoiseDescentParameters

    @property
    def strengths(self) -> dict[str, float]:
        """Targets for |e|."""
        return sweep(self.parameters)

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        found = adjusted(noise, conditions, strength, self.parameters, context, on_shell=False)
        return Plan(found.moved, conditions, constant(context.scale, len(noise), context))
