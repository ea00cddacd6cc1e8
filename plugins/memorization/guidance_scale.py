"""Control: less guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class GuidanceScale(Mitigation):
    """Guides from the first step on, but with a part of the scale: what anybody would try first."""

    name = "guidance-scale"
    version = "1"
    card = Card(title="Less guidance", status="baseline")

    class Parameters(Mitigation.Parameters):
        """From most of the scale to a sixth of it."""

        parts: tuple[float, ...] = Field(
            (5 / 6, 2 / 3, 1 / 2, 1 / 3, 1 / 6), description="parts of the scale that people want"
        )

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, float]:
        """Parts of the scale that people want."""
        return {f"{part:.2g} w": part for part in self.parameters.parts}

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        return Plan(noise, conditions, constant(strength * context.scale, len(noise), context))
