"""Guidance scales by step and sample, as most plans have them."""

from __future__ import annotations

from suite.lazy import torch
from suite.tracks.memorization import MitigationContext


def constant(scale: float, count: int, context: MitigationContext) -> torch.Tensor:
    """Return the same scale at each step of ``count`` samples [S, count]."""
    return torch.full((len(context.sampler.times), count), scale)


def delayed(before: float, steps: int, count: int, context: MitigationContext) -> torch.Tensor:
    """Return ``before`` in the first ``steps`` steps, then the scale that people want [S, count]."""
    scales = constant(context.scale, count, context)
    scales[:steps] = before
    return scales
