"""Sweeps and plans, held against what the contract says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from suite.contracts.returned import described
from suite.diffusion.guidance import Attention, Guide, Plan
from suite.lazy import torch
from suite.tracks.memorization.contract import MOST_STRENGTHS, Mitigation

if TYPE_CHECKING:
    from torch import Tensor


def strengths_of(method: Mitigation) -> dict[str, Any]:
    """Return the strengths of a method by label.

    Raises:
        ValueError: they have no labels, there are none, or too many.
    """
    if not isinstance(method.strengths, Mapping):
        kind = type(method.strengths).__name__
        raise ValueError(f"the strengths of {method.name} must be a mapping from label to strength. Got {kind}")
    strengths = dict(method.strengths)
    if not 1 <= len(strengths) <= MOST_STRENGTHS:
        raise ValueError(f"a sweep has 1 to {MOST_STRENGTHS} strengths. {method.name} has {len(strengths)}")
    return strengths


def checked(plan: Any, noise: Tensor, conditions: Tensor, steps: int) -> Plan:
    """Return a plan of so many steps with detached tensors.

    Raises:
        ValueError: it is none for this noise [N, ...] and these conditions [N, ...].
    """
    if not isinstance(plan, Plan):
        raise ValueError(f"expected a Plan, got {type(plan).__name__}")
    for name, given, asked in (("noise", plan.noise, noise), ("conditions", plan.conditions, conditions)):
        _check(f"the plan's {name}", given, tuple(asked.shape))
    scales = plan.scales
    if isinstance(scales, torch.Tensor) or not isinstance(scales, Guide):
        _check("the plan's scales", scales, (steps, len(noise)), "; or give an object with scale(seen)")
        scales = scales.detach()
    attention = None if plan.attention is None else _attention(plan.attention, conditions)
    return Plan(plan.noise.detach().to(noise), plan.conditions.detach().to(conditions), scales, attention)


def _check(name: str, given: Any, shape: tuple[int, ...], otherwise: str = "") -> None:
    """Refuse what is no tensor of a shape, or not finite."""
    if not isinstance(given, torch.Tensor) or given.is_complex():
        raise ValueError(f"{name}: expected a tensor of shape {shape}, got {described(given)}{otherwise}")
    if given.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, got {tuple(given.shape)}")
    if not given.isfinite().all():
        raise ValueError(f"{name}: a value is not finite (NaN or infinity)")


def _attention(given: Attention, conditions: Tensor) -> Attention:
    shape = conditions.shape[:2]
    for name, part in (("factors", given.factors), ("shown", given.shown)):
        _check(f"the plan's attention, {name}", part, tuple(shape))
    shown = given.shown.to(conditions.device, torch.bool)
    if not shown.any(dim=1).all():
        raise ValueError("the attention of the plan masks every token of a condition")
    return Attention(given.factors.detach().to(conditions), shown)
