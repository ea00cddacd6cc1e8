"""Opposite guidance: away from the caption first, then towards it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import constant, delayed

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.memorization import Path

UNSEEN = 5
"""The step at which guidance turns where the dry run has no minimum."""


class OppositeGuidance(Mitigation):
    """A negative scale before the transition, the scale that people want from there on.

    ``static``: for a share of the schedule. ``dynamic``: a dry run with the negative scale throughout; the transition
    is where successive latents are most alike for the first time. Source: Jain et al. 2025, sections 2.1 and 2.3 of our
    notes.
    """

    name = "opposite-guidance"
    version = "1"
    card = Card(
        title="Opposite guidance",
        status="reconstruction",
        paper="Classifier-Free Guidance inside the Attraction Basin May Cause Memorization",
        authors="Jain et al.",
        year=2025,
        url="https://arxiv.org/abs/2411.16738",
        note="Reconstruction: the released file with opposite guidance and a dynamic transition does not run as it is; "
        "the rule was read from it. The static transition, our default, is as in their examples.",
    )

    class Parameters(Mitigation.Parameters):
        """Static, with the scales and shares that our prototype chose; the scales of Han et al. 2025 for dynamic."""

        transition: Literal["static", "dynamic"] = Field("static", description="whether a dry run finds the transition")
        turns: tuple[tuple[float, float], ...] = Field(
            ((1 / 3, 0.08), (2 / 3, 0.08), (1 / 3, 0.16), (2 / 3, 0.16), (1 / 3, 0.24)),
            description="static: negative scales in parts of w, each with a share of the schedule",
        )
        parts: tuple[float, ...] = Field(
            (1 / 7, 3 / 7, 5 / 7, 1.0, 9 / 7), description="dynamic: negative scales in parts of w"
        )

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, tuple[float, float]]:
        """Negative scales in parts of w, and shares of the schedule, which mean nothing to a dynamic transition."""
        if self.parameters.transition == "dynamic":
            return {f"-{part:.2g} w": (part, 0.0) for part in self.parameters.parts}
        return {f"-{part:.2g} w for {share:g}": (part, share) for part, share in self.parameters.turns}

    def plan(
        self, strength: tuple[float, float], noise: Tensor, conditions: Tensor, context: MitigationContext
    ) -> Plan:
        """See `Mitigation`."""
        part, share = strength
        away = -part * context.scale
        if self.parameters.transition == "static":
            return Plan(noise, conditions, delayed(away, context.steps_before(share), len(noise), context))
        scales = constant(away, len(noise), context)
        dry = context.sampler.sample(Plan(noise, conditions, scales), keep=("latents",))
        turned = torch.arange(len(scales))[:, None] >= most_alike(dry)[None]
        return Plan(noise, conditions, torch.where(turned, context.scale, scales))


def most_alike(path: Path) -> Tensor:
    """Return the step from which on each sample is guided [N].

    That is the first local minimum of c_j = 1 - cos(x_j+1, x_j); the second, if the first is at 1 and there is another;
    `UNSEEN` if there is none.
    """
    assert path.latents is not None
    latents = path.latents.flatten(2)
    change = 1 - torch.cosine_similarity(latents[1:], latents[:-1], dim=2)
    lowest = torch.zeros_like(change, dtype=torch.bool)
    lowest[1:-1] = (change[1:-1] < change[:-2]) & (change[1:-1] < change[2:])
    lowest[1:2] &= ~lowest[2:].any(dim=0)  # there is no 1 in a walk of two steps
    return torch.where(lowest.any(dim=0), lowest.float().argmax(dim=0), UNSEEN)
