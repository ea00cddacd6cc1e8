"""A sampler that is asked from the process of a method. The network stays with the judge, which counts what is asked.

Gradients pass too: the method differentiates through what stands for the sampler, and the judge goes back through the
network. For that it evaluates it once more, which is not counted: beside the judge it would not have been done. But who
asks for gradients alone pays as beside the judge: there are never more backward passes than evaluations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from typing_extensions import override

from suite.diffusion.guidance import Attention, Guide, Path, Plan, Sampler, Seen

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from suite.contracts import Remote


class AskedSampler(Sampler):
    """The judge's sampler, with what stands for it may ask."""

    def noise(self, latents: Tensor, conditions: Tensor, number: int) -> Tensor:
        """Return what `predicted` does, without a graph."""
        with torch.no_grad():
            return self.predicted(latents.to(self.device), conditions.to(self.device), number)

    def gradients(self, latents: Tensor, conditions: Tensor, number: int, upstream: Tensor) -> tuple[Tensor, ...]:
        """Return the gradients of the sum of ``upstream`` times `predicted` [N, ...] in latents and conditions."""
        at, told = (part.detach().to(self.device).requires_grad_() for part in (latents, conditions))
        counted = self.evaluations
        with torch.enable_grad():
            found = self.predicted(at, told, number)
        gradients = torch.autograd.grad(
            found, [at, told], upstream.to(found), allow_unused=True, materialize_grads=True
        )
        self.evaluations = max(counted, self.backward)
        return gradients

    def walk(self, plan: Plan, keep: Sequence[str], generator: Generator | None) -> Path:
        """Sample as planned."""
        attention = plan.attention
        if attention is not None:
            attention = Attention(attention.factors.to(self.device), attention.shown.to(self.device))
        noise, conditions = plan.noise.to(self.device), plan.conditions.to(self.device)
        return self.sample(Plan(noise, conditions, plan.scales, attention), keep, generator)


class SamplerStandIn(Sampler):
    """Base of what stands in the host for a sampler; what is asked of the judge is named by the border."""

    noise: Any
    gradients: Any
    walk: Any

    def predicted(self, latents: Tensor, conditions: Tensor, number: int = 0) -> Tensor:
        """See `GuidedSampler`; differentiable once."""
        found: Tensor = _Predicted.apply(latents, conditions, self, number)
        return found

    @override
    def sample(self, plan: Plan, keep: Sequence[str] = (), generator: Generator | None = None) -> Path:
        path: Path = self.walk(plan, list(keep), generator)
        return path


class _Predicted(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, latents: Tensor, conditions: Tensor, sampler: SamplerStandIn, number: int) -> Tensor:
        ctx.save_for_backward(latents, conditions)
        ctx.sampler, ctx.number = sampler, number
        found: Tensor = sampler.noise(latents, conditions, number)
        return found

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> Any:
        return (*ctx.sampler.gradients(*ctx.saved_tensors, ctx.number, upstream), None, None)


class RemoteGuide:
    """Stands in the judge for a guide of the host."""

    def __init__(self, handle: Remote) -> None:
        self.handle = handle

    def scale(self, seen: Seen) -> Tensor:
        """See `Guide`; the sampler checks what comes."""
        given: Tensor = self.handle.ask("scale", seen)
        return given


def scale(guide: Guide, seen: Seen) -> Tensor:
    """Return what a guide of this process says."""
    return guide.scale(seen)
