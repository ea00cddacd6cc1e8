"""Delayed guidance with a fixed transition point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import delayed

if TYPE_CHECKING:
    from torch import Tensor


class StaticDelay(Mitigation):
    """No guidance while t > tau, the whole scale from there on. Source: Jain et al. 2025, section 2.1 of our notes.

    Where a timestep equals tau, the authors' code walks the rest of the way on a finer grid; ours never does.
    """

    name = "static-delay"
    version = "1"
    card = Card(
        title="Delayed guidance, static transition",
        status="authors' code",
        paper="Classifier-Free Guidance inside the Attraction Basin May Cause Memorization",
        authors="Jain et al.",
        year=2025,
        url="https://arxiv.org/abs/2411.16738",
        note="The finer grid after a timestep that equals the transition point is left out.",
    )

    class Parameters(Mitigation.Parameters):
        """Up to two fifths of the way without guidance."""

        delays: tuple[float, ...] = Field(
            (0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.32, 0.4), description="shares of the schedule without guidance"
        )

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, float]:
        """Delays as shares of the schedule."""
        return {f"delay {delay:g}": delay for delay in self.parameters.delays}

    def plan(self, strength: float, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        return Plan(noise, conditions, delayed(0.0, context.steps_before(strength), len(noise), context))
