"""Control: noise turned as far as an adjustment turns it, in a direction drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._noise_descent import ControlParameters, adjusted, norms_of, sweep, with_norms
from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class RandomTurn(Mitigation):
    """Turns each noise by the angle of `persample-noise-on-shell`, somewhere else. Its score is about 0.

    A method whose gain comes from how far it moves, and not from where to, would gain as much by this.
    """

    name = "random-turn"
    version = "1"
    standing = "reference"
    card = Card(title="Random turn of equal size", status="baseline")
    Parameters = ControlParameters
    parameters: ControlParameters

    @property
    def strengths(self) -> dict[str, float]:
        """Targets of the adjustment whose angles are taken."""
        return sweep(self.parameters)

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        found = adjusted(noise, conditions, strength, self.parameters, context, on_shell=True)
        cosine = torch.cosine_similarity(found.moved.flatten(1), noise.flatten(1))
        drawn = torch.randn(noise.shape, generator=context.generator(f"turn {strength:g}")).to(noise)
        turned = turn(noise, drawn, cosine.clamp(-1, 1))
        return Plan(turned, conditions, constant(context.scale, len(noise), context))


def turn(latents: Tensor, towards: Tensor, cosine: Tensor) -> Tensor:
    """Return latents [N, ...] turned towards others [N, ...] by the angles of these cosines [N], at their old norm."""
    flat, other = latents.flatten(1), towards.flatten(1)
    unit = flat / flat.norm(dim=1, keepdim=True)
    across = other - (other * unit).sum(dim=1, keepdim=True) * unit
    across = across / across.norm(dim=1, keepdim=True)
    turned = cosine[:, None] * unit + (1 - cosine.square()).clamp(min=0).sqrt()[:, None] * across
    return with_norms(turned.view_as(latents), norms_of(latents))
