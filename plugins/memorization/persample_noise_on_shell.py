"""Initial-noise adjustment, per sample, kept on the shell of its norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._noise_descent import NoiseDescentParameters, adjusted, sweep
from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class PersampleNoiseOnShell(Mitigation):
    """As `persample-noise`, scaled back to the noise's own norm after each step: in few dimensions it grows otherwise.

    A variant of our own of Han et al. 2025.
    """

    name = "persample-noise-on-shell"
    version = "1"
    card = Card(
        title="Initial-noise adjustment, per sample, on the shell",
        status="baseline",
        paper="Adjusting Initial Noise to Mitigate Memorization in Text-to-Image Diffusion Models",
        authors="Han, Kim, Joo, Hong, Lee",
        year=2025,
        url="https://arxiv.org/abs/2510.08625",
        note="A variant of our own of the paper's per-sample method: it keeps the norm of the initial noise.",
    )
    Parameters = NoiseDescentParameters
    parameters: NoiseDescentParameters

    @property
    def strengths(self) -> dict[str, float]:
        """Targets for |e|."""
        return sweep(self.parameters)

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        found = adjusted(noise, conditions, strength, self.parameters, context, on_shell=True)
        return Plan(found.moved, conditions, constant(context.scale, len(noise), context))
