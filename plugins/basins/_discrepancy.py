"""Discrepancies between the laws of two representatives' frames, from one function of their distances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

MEDIAN_FRAMES = 64
"""The median distance is that between so many frames of each representative."""


def squared_distances(first: Tensor, second: Tensor) -> Tensor:
    """Return the squared Euclidean distances [N, M] between rows [N, D] and [M, D], at least zero."""
    norms = first.square().sum(dim=1)[:, None] + second.square().sum(dim=1)
    return torch.addmm(norms, first, second.T, alpha=-2).clamp_(min=0)


def discrepancies(frames: Tensor, similarity: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
    """Return ``E s(x, x') + E s(y, y') - 2 E s(x, y)`` for each pair of representatives [K, K], at least zero.

    ``frames`` [K, M, L, D] are those of M trajectories each; ``similarity`` maps squared distances to s. Frames of the
    same trajectory are not independent, so that pairs of these are left out: the estimate is unbiased, and values
    below zero are noise. One row of blocks [M * L, K * M * L] is in memory at a time.

    Raises:
        ValueError: there is one trajectory for each representative, so that no pair is left.
    """
    representatives, trajectories, length, _ = frames.shape
    if trajectories < 2:
        raise ValueError("expected at least 2 trajectories from each representative, got 1")
    # Without the common mean, less is lost to rounding where norms and products cancel.
    flat = (frames - frames.mean(dim=(0, 1, 2))).flatten(1, 2)
    means = torch.zeros(representatives, representatives, dtype=torch.float64, device=frames.device)
    for row, states in enumerate(flat):
        values = similarity(squared_distances(states, flat[row:].flatten(0, 1)))
        blocks = values.view(trajectories, length, representatives - row, trajectories, length)
        sums = blocks.sum(dim=(1, 4), dtype=torch.float64)  # [M, K - row, M]
        sums[:, 0].fill_diagonal_(0)
        counts = torch.full((representatives - row,), trajectories**2 * length**2)
        counts[0] -= trajectories * length**2
        means[row, row:] = sums.sum(dim=(0, 2)) / counts.to(means.device)
    within = means.diagonal()
    above = (within[:, None] + within - 2 * means).clamp(min=0).triu(1)
    return np.asarray((above + above.T).cpu().numpy())


def median_squared_distance(frames: Tensor) -> float:
    """Return the median squared distance between different frames of [K, M, L, D]."""
    flat = frames.flatten(1, 2)
    step = -(-flat.shape[1] // MEDIAN_FRAMES)
    some = flat[:, ::step].flatten(0, 1)
    some = some - some.mean(dim=0)
    above = torch.ones(len(some), len(some), dtype=torch.bool, device=some.device).triu(1)
    return float(squared_distances(some, some)[above].median())
