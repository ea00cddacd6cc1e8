"""Few directions that may tell basins apart, out of many dimensions.

A classifier of raw states in a thousand dimensions learns the noise of its few thousand training states. What tells
basins apart should show in one of four ways: much variance, memory over time, means that differ, or products of
coordinates whose means differ.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

SHRINKAGE = 0.05
"""Of the covariance towards a multiple of the identity, where there are as many dimensions as states.

Little: what tells basins apart may vary less than the noise does, and shrinking would hide it.
"""


class Directions:
    """Directions of states [K, M, L, D]; those of variance and memory do not look at which representative is which."""

    def __init__(self, states: Tensor, variance: int, memory: int, lags: Sequence[int]) -> None:
        """Find ``variance`` principal directions, and ``memory`` directions of largest autocorrelation for each lag.

        Source: Pearson 1901; Molgedey and Schuster 1994 (time-lagged independent components).
        """
        _, _, length, dimension = states.shape
        centred = states - states.mean(dim=(0, 1, 2))
        flat = centred.flatten(0, 2)
        variances, axes = torch.linalg.eigh(flat.T @ flat / len(flat))
        shrinkage = SHRINKAGE * min(1.0, dimension / len(flat))
        shrunk = (1 - shrinkage) * variances + shrinkage * variances.mean()
        floor = max(1e-12 * float(shrunk.max()), torch.finfo(shrunk.dtype).tiny)  # what does not vary stays zero
        self._whitened: Tensor = centred @ (axes * shrunk.clamp(min=floor).rsqrt())
        leading = centred @ axes[:, dimension - min(variance, dimension) :]
        families = [leading]
        for lag in lags:
            if lag < length:
                before = self._whitened[:, :, :-lag].flatten(0, 2)
                after = self._whitened[:, :, lag:].flatten(0, 2)
                product = before.T @ after
                _, slow = torch.linalg.eigh(product + product.T)
                families.append(self._whitened @ slow[:, dimension - min(memory, dimension) :])
        self.unlabelled = torch.cat(families, dim=-1)
        """The states along the directions of variance and memory [K, M, L, q]."""
        scale = leading.flatten(0, 2).std(dim=0).clamp(min=torch.finfo(leading.dtype).tiny)
        self._carriers = torch.cat([torch.ones_like(leading[..., :1]), leading / scale], dim=-1)

    def moments(self, trajectories: Sequence[int]) -> Tensor:
        """Return each representative's mean whitened state over these of its trajectories, and its mean products.

        [1 + variance, K, D]: the mean state, and the means of the state times its coordinate along each direction of
        variance. Where means tell nothing, as under random signs, products may.
        """
        rows = list(trajectories)
        carriers, states = self._carriers[:, rows].flatten(1, 2), self._whitened[:, rows].flatten(1, 2)
        return torch.einsum("knc,knd->ckd", carriers, states) / states.shape[1]

    def along(self, trajectories: Sequence[int], directions: Tensor) -> Tensor:
        """Return the whitened states of these trajectories along directions [D, q]: [K, len(trajectories), L, q]."""
        return torch.matmul(self._whitened[:, list(trajectories)], directions)


def between(means: Tensor, count: int) -> Tensor:
    """Return the ``count`` directions [D, count] along which whitened means [K, D] differ most: Fisher's, of 1936."""
    centred = (means - means.mean(dim=0)).double()
    # Through the K x K products: there are far fewer means than dimensions.
    sizes, vectors = torch.linalg.eigh(centred @ centred.T)
    kept = slice(-min(count, len(means)), None)
    return torch.matmul(centred.T, vectors[:, kept] * sizes[kept].clamp(min=1e-12).rsqrt()).to(means.dtype)


def aligned(directions: Tensor, reference: Tensor) -> Tensor:
    """Return directions [D, q] turned and reflected to lie as closely as they can on others (Schoenemann 1966)."""
    left, _, right = torch.linalg.svd(directions.T @ reference)
    return torch.matmul(directions, left @ right)
