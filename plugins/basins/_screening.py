"""Directions of variance and of memory that stand out from noise; those that do not are left out.

A direction that tells nothing is a burden to the network that is to learn from it, and one that tells something may be
of any kind. These do not look at which representative is which: what stands out is an eigenvalue unlike most.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ._directions import SHRINKAGE

TENTH = 0.1


class ScreenedStates:
    """States [K, M, L, D], whitened, and along the directions of variance and memory that stand out."""

    def __init__(self, states: Tensor, variance: int, memory: int, lags: Sequence[int], times: float) -> None:
        """Find at most ``variance`` directions, and ``memory`` for each lag, that are ``times`` as far out as most.

        A direction of memory may have more of it than most have, or less: what is fast among slow noise.
        """
        length, dimension = states.shape[2:]
        centred = states - states.mean(dim=(0, 1, 2))
        flat = centred.flatten(0, 2)
        variances, axes = torch.linalg.eigh(flat.T @ flat / len(flat))
        shrinkage = SHRINKAGE * min(1.0, dimension / len(flat))
        shrunk = (1 - shrinkage) * variances + shrinkage * variances.mean()
        floor = max(1e-12 * float(shrunk.max()), torch.finfo(shrunk.dtype).tiny)  # what does not vary stays zero
        self.whitened = centred @ (axes * shrunk.clamp(min=floor).rsqrt())
        leading = centred @ axes[:, dimension - min(variance, dimension) :]
        wide = farthest(outlying(variances.clamp(min=0).sqrt()), variance, times)
        families = [centred @ axes[:, wide]]
        for lag in lags:
            if lag < length:
                before, after = self.whitened[:, :, :-lag].flatten(0, 2), self.whitened[:, :, lag:].flatten(0, 2)
                product = before.T @ after / len(before)
                memories, slow = torch.linalg.eigh(product + product.T)
                families.append(self.whitened @ slow[:, farthest(outlying(memories).abs(), memory, times)])
        self.kept = [each.shape[3] for each in families]
        """How many directions of variance stand out, and how many of memory for each lag."""
        self.unlabelled = torch.cat(families, dim=-1)
        """The states along these directions [K, M, L, q]."""
        scale = leading.flatten(0, 2).std(dim=0, correction=0).clamp(min=torch.finfo(leading.dtype).tiny)
        self.carriers = torch.cat([torch.ones_like(leading[..., :1]), leading / scale], dim=-1)
        """What states are multiplied by before means are taken [K, M, L, 1 + variance]: one, and what varies most."""

    def along(self, trajectories: Sequence[int], directions: Sequence[Tensor]) -> Tensor:
        """Return the states of these trajectories along what is kept, and whitened along others [D, q] each.

        Where nothing is kept and there are no others, one coordinate that is always zero.
        """
        rows = list(trajectories)
        others = [self.whitened[:, rows] @ each for each in directions]
        found = torch.cat([self.unlabelled[:, rows], *others], dim=-1)
        return found if found.shape[3] else found.new_zeros(*found.shape[:3], 1)


def outlying(values: Tensor) -> Tensor:
    """Return how far out each of the values [n] lies, above the median (positive) or below it.

    In units of the distance of the outermost tenth of that side. Noise makes a bulk with an edge, and what lies beyond
    is none of it (Johnstone 2001: spiked covariances).
    """
    low, middle, high = values.quantile(values.new_tensor([TENTH, 0.5, 1 - TENTH]))
    tiny = torch.finfo(values.dtype).tiny
    away = values - middle
    return torch.where(away > 0, away / (high - middle).clamp(min=tiny), away / (middle - low).clamp(min=tiny))


def farthest(out: Tensor, most: int, times: float) -> Tensor:
    """Return the places of at most ``most`` of values [n] that lie more than ``times`` out, farthest first.

    So few values make no bulk from which one could stand out: all are returned.
    """
    order = out.argsort(descending=True)[:most]
    return order if len(out) <= most else order[out[order] > times]
