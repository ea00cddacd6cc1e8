"""One level of the hierarchy: the relative Mahalanobis distance of one kind of vectors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .._gaussian import Gaussian


@dataclass(frozen=True)
class Level:
    """A Gaussian for each class with one covariance, and one for all."""

    classes: Gaussian
    background: Gaussian

    @classmethod
    def fit(cls, vectors: Tensor, labels: Tensor, shrinkage: float) -> Level:
        """Estimate both from vectors [N, D] with labels [N]."""
        return cls(Gaussian.fit(vectors, labels, shrinkage), Gaussian.fit(vectors, torch.zeros_like(labels), shrinkage))

    def score(self, vectors: Tensor) -> Tensor:
        """Return minus the squared distance to the nearest class, beyond that to the background, of [B, D]: [B]."""
        return self.background.distances(vectors)[:, 0] - self.classes.distances(vectors).amin(dim=1)
