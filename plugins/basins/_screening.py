"""Directions of variance and of memory that stand out from noise; those that do not are left out.

A direction that tells nothing is a burden to the network that is to learn from it, and one that tells something may be
of any kind. These are found without a look at which representative is which: what stands out is an eigenvalue unlike
most. In a thousand dimensions a direction of memory may be right and its eigenvalue like most; so one is kept as well
if the representatives' means along it are the same in both halves of their trajectories.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ._directions import SHRINKAGE

TENTH = 0.1
ALIKE = 0.7
"""Of the correlation of halves: on development systems 0.98 where there was something to see, elsewhere at most 0.5."""


class ScreenedStates:
    """States [K, M, L, D], whitened, and along the directions of variance and memory that stand out."""

    def __init__(self, states: Tensor, variance: int, memory: int, lags: Sequence[int], times: float) -> None:
        """Find at most ``variance`` directions, and ``memory`` for each lag, that are ``times`` as far out as most are.

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
        spread = outlying(variances.clamp(min=0).sqrt())
        wide = farthest(spread, variance)
        families = [centred @ axes[:, wide[(spread[wide] > times) | (dimension <= variance)]]]
        for lag in lags:
            if lag < length:
                before, after = self.whitened[:, :, :-lag].flatten(0, 2), self.whitened[:, :, lag:].flatten(0, 2)
                product = before.T @ after / len(before)
                memories, slow = torch.linalg.eigh(product + product.T)
                out = outlying(memories).abs()
                places = farthest(out, memory)
                along = self.whitened @ slow[:, places]
                stands = (out[places] > times) | (agreement_of_halves(along) > ALIKE) | (dimension <= memory)
                families.append(along[..., stands])
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
    is none of it (Johnstone 2001: spiked covariances). Few values make no bulk that one could stand out from.
    """
    low, middle, high = values.quantile(values.new_tensor([TENTH, 0.5, 1 - TENTH]))
    tiny = torch.finfo(values.dtype).tiny
    away = values - middle
    return torch.where(away > 0, away / (high - middle).clamp(min=tiny), away / (middle - low).clamp(min=tiny))


def farthest(out: Tensor, most: int) -> Tensor:
    """Return the places of the ``most`` of values [n] that lie farthest out, farthest first."""
    return out.argsort(descending=True)[:most]


def agreement_of_halves(along: Tensor) -> Tensor:
    """Return for each coordinate of states [K, M, L, q] how alike the K means in both halves of the trajectories are.

    The correlation [q]; of one trajectory none.
    """
    halves = [along[:, first::2].flatten(1, 2).sum(dim=1) for first in (0, 1)]
    one, other = (each - each.mean(dim=0) for each in halves)
    tiny = torch.finfo(along.dtype).tiny
    return torch.div((one * other).sum(dim=0), (one.norm(dim=0) * other.norm(dim=0)).clamp(min=tiny))
