"""Initial-noise adjustment, batch-wise: steps against the change of e, by forward passes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.memorization import Mitigation, MitigationContext, Plan

from ._scales import delayed

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


class BatchwiseNoise(Mitigation):
    """Moves the initial noise to where |e| is smaller, by steps of sharpness-aware minimization; then maybe a delay.

    delta = rho e / |e|, with one norm for each sample; x <- x - gamma (e(x + delta) - e(x)). Source: Han et al. 2025,
    sections 1.2 and 1.3 of our notes. Nothing couples the samples of a batch.
    """

    name = "batchwise-noise"
    version = "1"
    card = Card(
        title="Initial-noise adjustment, batch-wise",
        status="authors' code",
        paper="Adjusting Initial Noise to Mitigate Memorization in Text-to-Image Diffusion Models",
        authors="Han, Kim, Joo, Hong, Lee",
        year=2025,
        url="https://arxiv.org/abs/2510.08625",
        note="rho is 50/128 of the square root of the number of latents, which is the paper's 50 for its latents.",
    )

    class Parameters(Mitigation.Parameters):
        """The paper's step and radius, with more steps, larger ones, and delays."""

        radius: float = Field(50 / 128, gt=0, description="rho over the square root of the number of latents")
        moves: tuple[tuple[float, int, float], ...] = Field(
            ((0.7, 2, 0), (0.7, 2, 0.08), (0.7, 4, 0), (0.7, 2, 0.16), (1.5, 2, 0), (1.0, 4, 0)),
            description="gamma, number of steps, and share of the schedule without guidance",
        )

    parameters: Parameters

    @property
    def strengths(self) -> dict[str, tuple[float, int, float]]:
        """Steps and delays."""
        return {
            f"{gamma:g} x {steps}" + (f", delay {delay:g}" if delay else ""): (gamma, steps, delay)
            for gamma, steps, delay in self.parameters.moves
        }

    def plan(
        self, strength: tuple[float, int, float], noise: Tensor, conditions: Tensor, context: MitigationContext
    ) -> Plan:
        """See `Mitigation`."""
        gamma, steps, delay = strength
        radius = self.parameters.radius * noise[0].numel() ** 0.5
        with torch.no_grad():
            moved = descended(
                noise, lambda latents: context.sampler.difference(latents, conditions), gamma, radius, steps
            )
        return Plan(moved, conditions, delayed(0.0, context.steps_before(delay), len(noise), context))


def descended(noise: Tensor, difference: Callable[[Tensor], Tensor], gamma: float, radius: float, steps: int) -> Tensor:
    """Return noise [N, ...] after so many steps; ``difference`` gives e [N, ...] of latents [N, ...]."""
    for _ in range(steps if gamma else 0):
        here = difference(noise)
        norms = here.flatten(1).norm(dim=1).reshape(-1, *[1] * (noise.ndim - 1))
        noise = noise - gamma * (difference(noise + radius * here / norms.clamp(min=1e-12)) - here)
    return noise
