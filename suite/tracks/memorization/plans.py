"""Sweeps and plans, held against what the contract says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suite.diffusion.guidance import Attention, Plan
from suite.lazy import torch
from suite.tracks.memorization.contract import MOST_STRENGTHS, Mitigation

if TYPE_CHECKING:
    from torch import Tensor


def strengths_of(method: Mitigation) -> dict[str, Any]:
    """Return the strengths of a method by label.

    Raises:
        ValueError: there are none, or too many.
    """
    strengths = dict(method.strengths)
    if not 1 <= len(strengths) <= MOST_STRENGTHS:
        raise ValueError(f"a sweep has 1 to {MOST_STRENGTHS} strengths, {method.name} has {len(strengths)}")
    return strengths


def checked(plan: Any, noise: Tensor, conditions: Tensor, steps: int) -> Plan:
    """Return a plan of so many steps with detached tensors.

    Raises:
        ValueError: it is none for this noise [N, ...] and these conditions [N, ...].
    """
    if not isinstance(plan, Plan):
        raise ValueError(f"expected a Plan, got {type(plan).__name__}")
    for name, given, asked in (("noise", plan.noise, noise), ("conditions", plan.conditions, conditions)):
        if given.shape != asked.shape or not given.isfinite().all():
            raise ValueError(f"the plan's {name} is not finite of shape {tuple(asked.shape)}: {tuple(given.shape)}")
    scales = plan.scales
    if isinstance(scales, torch.Tensor):
        if scales.shape != (steps, len(noise)) or not scales.isfinite().all():
            raise ValueError(f"the plan's scales are not finite of shape {(steps, len(noise))}: {tuple(scales.shape)}")
        scales = scales.detach()
    attention = None if plan.attention is None else _attention(plan.attention, conditions)
    return Plan(plan.noise.detach().to(noise), plan.conditions.detach().to(conditions), scales, attention)


def _attention(given: Attention, conditions: Tensor) -> Attention:
    shape = conditions.shape[:2]
    if given.factors.shape != shape or given.shown.shape != shape or not given.factors.isfinite().all():
        raise ValueError(f"the plan's attention is not finite of shape {tuple(shape)}: {tuple(given.factors.shape)}")
    shown = given.shown.to(conditions.device, torch.bool)
    if not shown.any(dim=1).all():
        raise ValueError("the plan's attention shows no token of a condition")
    return Attention(given.factors.detach().to(conditions), shown)
