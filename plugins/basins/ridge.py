"""Held-out errors of ridge classifiers between groups of representatives, many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Pair = tuple[Sequence[int], Sequence[int]]

TOLERANCE = 1e-2
"""Conjugate gradients stop where every residual is this small a part of its right side, well under sampling error."""


class RidgeTests:
    """Ridge regression on labels plus and minus one between two groups' frames, both with the same weight.

    That is the direction ``((C_a + C_b) / 2 + l I)^-1 (m_a - m_b)`` of the groups' means and covariances, cut half-way
    between the projected means; l is ``ridge`` times the mean variance. It is solved for by conjugate gradients for all
    pairs together, which takes nothing but products with frames: neither covariances [D, D] nor Gram matrices of pairs
    are formed, and merged groups need no more than new weights.
    """

    def __init__(self, frames: Tensor, ridge: float, folds: int) -> None:
        """Split the trajectories of frames [K, M, L, D] into folds; each fold is held out once."""
        import torch

        trajectories = frames.shape[1]
        if trajectories < folds:
            raise ValueError(f"expected at least {folds} trajectories from each representative, got {trajectories}")
        centred = frames - frames.mean(dim=(0, 1, 2))
        fold = torch.arange(trajectories, device=frames.device) % folds
        self._ridge = ridge
        self._folds = [
            (centred[:, fold != each].flatten(1, 2), centred[:, fold == each].flatten(1, 2)) for each in range(folds)
        ]

    def risks(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Return the balanced held-out error of each pair of groups [P], groups being lists of representatives."""
        import torch

        training, _ = self._folds[0]
        weights = torch.zeros(2, len(pairs), len(training), device=training.device)  # of the representatives
        for number, pair in enumerate(pairs):
            for side, members in enumerate(pair):
                weights[side, number, list(members)] = 1 / len(members)
        errors = [self._errors(weights, *fold) for fold in self._folds]
        found: NDArray[np.float64] = torch.stack(errors).mean(dim=0).double().cpu().numpy()
        return found

    def _errors(self, weights: Tensor, training: Tensor, held_out: Tensor) -> Tensor:
        import torch

        first, second = weights @ training.mean(dim=1)  # the groups' means [P, D]
        direction = self._directions(weights.mean(dim=0), first, second, training)
        threshold = (direction * (first + second)).sum(dim=1) / 2
        # Each representative's share of held-out frames on the first group's side [P, K].
        shares = torch.stack([(each @ direction.T > threshold).float().mean(dim=0) for each in held_out], dim=1)
        return (1 - (weights[0] * shares).sum(dim=1) + (weights[1] * shares).sum(dim=1)) / 2

    def _directions(self, weights: Tensor, first: Tensor, second: Tensor, training: Tensor) -> Tensor:
        """Solve for the directions [P, D] by conjugate gradients."""
        import torch

        both = torch.stack([first, second]) / 2**0.5

        def covariance(vectors: Tensor) -> Tensor:
            products = -((both * vectors).sum(dim=2, keepdim=True) * both).sum(dim=0)
            for each, frames in enumerate(training):
                used = weights[:, each].nonzero()[:, 0]
                moved = (vectors[used] @ frames.T) @ frames
                products.index_add_(0, used, moved * (weights[used, each] / len(frames))[:, None])
            return products

        squares = training.square().sum(dim=2).mean(dim=1)
        trace = weights @ squares - both.square().sum(dim=(0, 2))
        penalty = (self._ridge * trace / training.shape[2])[:, None]
        right = first - second
        solution, residual, step = torch.zeros_like(right), right.clone(), right.clone()
        power = residual.square().sum(dim=1, keepdim=True)
        limit = TOLERANCE**2 * power
        for _ in range(training.shape[2]):
            image = covariance(step) + penalty * step
            # Where a pair is solved exactly, its step is zero: the clamp makes 0 / 0 zero.
            size = power / (step * image).sum(dim=1, keepdim=True).clamp(min=1e-30)
            solution += size * step
            residual -= size * image
            before, power = power, residual.square().sum(dim=1, keepdim=True)
            if bool((power <= limit).all()):
                break
            step = residual + power / before.clamp(min=1e-30) * step
        return solution
