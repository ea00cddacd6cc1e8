"""Rates of one run after another, as factors of its grid rate [S, 1] on the CPU, or as rates [S, N] beside the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


def warm(steps: int) -> Tensor:
    """Return factors that rise evenly to 1 [steps, 1]."""
    return torch.arange(1, steps + 1)[:, None] / max(1, steps)


def flat(steps: int) -> Tensor:
    """Return factors of 1 [steps, 1]."""
    return torch.ones(steps, 1)


def held(grid: Tensor, steps: int) -> Tensor:
    """Return the grid's rates in every step [steps, N]."""
    return grid.expand(steps, -1)


def cosine(steps: int) -> Tensor:
    """Return factors that fall from 1 to nearly 0 by half a cosine [steps, 1]."""
    return (1 + torch.cos(torch.pi * torch.arange(steps)[:, None] / max(1, steps))) / 2


def linear(steps: int) -> Tensor:
    """Return factors that fall evenly from 1 to nearly 0 [steps, 1]."""
    return 1 - torch.arange(steps)[:, None] / max(1, steps)


def tuned(grid: Tensor, steps: int, share: float, fine: float) -> Tensor:
    """Return the grid's rates for a share of the steps, then the rate ``fine`` [steps, N]."""
    first = round(share * steps)
    return torch.cat((held(grid, first), grid.new_full((steps - first, len(grid)), fine)))
