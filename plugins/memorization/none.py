"""Control: plain guidance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import constant

if TYPE_CHECKING:
    from torch import Tensor


class Nothing(Mitigation):
    """Guides from the first step on, from the noise that is given: what memorizes. Its score is 0."""

    name = "none"
    version = "1"
    standing = "reference"
    card = Card(title="Plain guidance", status="baseline")

    @property
    def strengths(self) -> dict[str, None]:
        """One point: doing nothing has no strength."""
        return {"plain": None}

    def plan(self, strength: None, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        return Plan(noise, conditions, constant(context.scale, len(noise), context))
