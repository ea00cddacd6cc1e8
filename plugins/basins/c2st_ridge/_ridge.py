"""Held-out errors of ridge classifiers between groups of representatives, many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Pair = tuple[Sequence[int], Sequence[int]]

TOLERANCE = 1e-2
"""Conjugate gradients stop where every residual is this small a part of its right side, well under sampling error."""


class RidgeTests:
    """Ridge regression on labels plus and minus one between two groups' frames, both with the same weight.

    That is the direction ``((C_a + C_b) / 2 + l I)^-1 (m_a - m_b)`` of the groups' means and covariances, cut half-way
    between the projected means; l is ``ridge`` times the mean variance. All pairs are solved together: from second
    moments of each representative [K, D, D] where D is small, else by conjugate gradients, which take nothing but
    products with frames. Either way merged groups need no more than new weights.
    """

    def __init__(self, frames: Tensor, ridge: float, folds: int) -> None:
        """Split the trajectories of frames [K, M, L, D] into folds; each fold is held out once."""
        trajectories = frames.shape[1]
        if trajectories < folds:
            raise ValueError(f"expected at least {folds} trajectories from each representative, got {trajectories}")
        centred = frames - frames.mean(dim=(0, 1, 2))
        fold = torch.arange(trajectories, device=frames.device) % folds
        self._ridge = ridge
        self._folds = [
            _Fold(centred[:, fold != each].flatten(1, 2), centred[:, fold == each].flatten(1, 2))
            for each in range(folds)
        ]

    def risks(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Return the balanced held-out error of each pair of groups [P], groups being lists of representatives."""
        training = self._folds[0].training
        weights = torch.zeros(2, len(pairs), len(training), device=training.device)  # of the representatives
        for number, pair in enumerate(pairs):
            for side, members in enumerate(pair):
                weights[side, number, list(members)] = 1 / len(members)
        errors = [fold.errors(weights, self._ridge) for fold in self._folds]
        return np.asarray(torch.stack(errors).mean(dim=0).double().cpu().numpy())


class _Fold:
    """Training frames [K, N, D] and held-out frames [K, N', D]."""

    def __init__(self, training: Tensor, held_out: Tensor) -> None:
        self.training, self.held_out = training, held_out
        small = training.shape[2] <= training.shape[1]
        self._moments = training.mT @ training / training.shape[1] if small else None
        self._squares = training.square().sum(dim=2).mean(dim=1)
        self._means = training.mean(dim=1)

    def errors(self, weights: Tensor, ridge: float) -> Tensor:
        """Return held-out errors [P]; ``weights`` [2, P, K] are those of the representatives in a pair's groups."""
        first, second = weights @ self._means  # the groups' means [P, D]
        direction = self.directions(weights, ridge)
        threshold = (direction * (first + second)).sum(dim=1) / 2
        # Each representative's share of held-out frames on the first group's side [P, K].
        shares = torch.stack([(each @ direction.T > threshold).float().mean(dim=0) for each in self.held_out], dim=1)
        return (1 - (weights[0] * shares).sum(dim=1) + (weights[1] * shares).sum(dim=1)) / 2

    def directions(self, weights: Tensor, ridge: float) -> Tensor:
        """Return the directions [P, D]."""
        means = weights @ self._means / 2**0.5  # [2, P, D]
        right, weights = means[0] - means[1], weights.mean(dim=0)
        penalty = ridge * (weights @ self._squares - means.square().sum(dim=(0, 2))) / right.shape[1]
        penalty = penalty.clamp(min=torch.finfo(penalty.dtype).tiny)[:, None]  # frames that never change
        if self._moments is None:
            return self._conjugate_gradients(weights, means, penalty, right)
        covariances = torch.einsum("pk,kde->pde", weights, self._moments) - torch.einsum("gpd,gpe->pde", means, means)
        covariances.diagonal(dim1=1, dim2=2).add_(penalty)
        solution: Tensor = torch.linalg.solve(covariances, right)
        return solution

    def _conjugate_gradients(self, weights: Tensor, means: Tensor, penalty: Tensor, right: Tensor) -> Tensor:
        def image(vectors: Tensor) -> Tensor:
            products = penalty * vectors - ((means * vectors).sum(dim=2, keepdim=True) * means).sum(dim=0)
            for each, frames in enumerate(self.training):
                used = weights[:, each].nonzero()[:, 0]
                moved = (vectors[used] @ frames.T) @ frames
                products.index_add_(0, used, moved * (weights[used, each] / len(frames))[:, None])
            return products

        solution, residual, step = torch.zeros_like(right), right.clone(), right.clone()
        power = residual.square().sum(dim=1, keepdim=True)
        limit = TOLERANCE**2 * power
        for _ in range(right.shape[1]):
            moved = image(step)
            # Where a pair is solved exactly, its step is zero: the clamp makes 0 / 0 zero.
            size = power / (step * moved).sum(dim=1, keepdim=True).clamp(min=1e-30)
            solution += size * step
            residual -= size * moved
            before, power = power, residual.square().sum(dim=1, keepdim=True)
            if bool((power <= limit).all()):
                break
            step = residual + power / before.clamp(min=1e-30) * step
        return solution
