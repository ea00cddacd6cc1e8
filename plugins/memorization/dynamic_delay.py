"""Delayed guidance that starts when |e| has passed its first minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan, Seen

if TYPE_CHECKING:
    from torch import Tensor


class DynamicDelay(Mitigation):
    """Guides each sample from the step on at which |e| has risen again for the first time.

    Source: Jain et al. 2025, section 2.2 of our notes: the first step j >= 2 with n_{j-1} < n_{j-2} and n_j > n_{j-1}.
    Where there is none, guidance never starts. Which step that is depends on how many steps are taken.
    """

    name = "dynamic-delay"
    version = "1"
    card = Card(
        title="Delayed guidance, dynamic transition",
        status="authors' code",
        paper="Classifier-Free Guidance inside the Attraction Basin May Cause Memorization",
        authors="Jain et al.",
        year=2025,
        url="https://arxiv.org/abs/2411.16738",
        note="Before the transition the released code conditions with scale 1, the text turns guidance off; the "
        "parameter `before` is 0 unless it is set to 1. One norm and one transition for each sample.",
    )

    class Parameters(Mitigation.Parameters):
        """As the text says."""

        before: Literal[0, 1] = Field(0, description="scale before the transition: 0 as in the text, 1 as in the code")

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, int]:
        """One point: the rule has no strength."""
        return {f"from {self.parameters.before}": self.parameters.before}

    def plan(self, strength: int, noise: Tensor, conditions: Tensor, context: MitigationContext) -> Plan:
        """See `Mitigation`."""
        return Plan(noise, conditions, FirstMinimum(float(strength), context.scale))


class FirstMinimum:
    """A guide that turns from one scale to another, for each sample, once its norm has risen after a fall."""

    def __init__(self, before: float, after: float) -> None:
        self._before, self._after = before, after
        self._norms: list[Tensor] = []

    def scale(self, seen: Seen) -> Tensor:
        """Return the scale of each sample [N]."""
        norms = seen.norms
        if not self._norms:
            self.passed = torch.zeros_like(norms, dtype=torch.bool)
        if len(self._norms) > 1:
            earlier, last = self._norms[-2:]
            self.passed = self.passed | ((last < earlier) & (norms > last))
        self._norms.append(norms)
        return torch.where(self.passed, self._after, self._before)
