"""Gaussians with one covariance for all classes, whitened once: what the Mahalanobis detectors share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Gaussian:
    """Whitening [D, rank] and whitened class means [C, rank], in float64.

    ``rank`` counts the eigenvalues of the covariance above ``largest * D * eps32^2``, the smallest variance that
    float32 features can tell from rounding; the others are cut, so that distances are those of the pseudo-inverse.
    ``shrinkage`` is the weight that the scaled identity got.
    """

    whitening: Tensor
    means: Tensor
    shrinkage: float

    @classmethod
    def fit(cls, features: Tensor, labels: Tensor, shrinkage: float | None = None) -> Gaussian:
        """Estimate class means and the shared covariance, divided by N, of features [N, D] with labels [N].

        ``shrinkage`` None means Ledoit and Wolf's if N <= D, where the covariance is singular, and none otherwise.
        """
        import torch

        features = features.double()
        classes = labels.unique()
        means = torch.stack([features[labels == c].mean(dim=0) for c in classes])
        centred = features - means[torch.searchsorted(classes, labels)]
        covariance = centred.T @ centred / len(features)
        share = _ledoit_wolf(centred) if shrinkage is None else shrinkage
        if share:
            identity = torch.eye(len(covariance), dtype=covariance.dtype, device=covariance.device)
            covariance = (1 - share) * covariance + share * covariance.diagonal().mean() * identity
        values, vectors = torch.linalg.eigh(covariance)
        kept = values > values[-1] * len(values) * torch.finfo(torch.float32).eps ** 2
        whitening = vectors[:, kept] / values[kept].sqrt()
        return cls(whitening, means @ whitening, share)

    def distances(self, features: Tensor) -> Tensor:
        """Return the squared Mahalanobis distances [B, C] of features [B, D] to the class means."""
        import torch

        # Exact, not by the expansion of the square: near a mean that would cancel.
        exact = "donot_use_mm_for_euclid_dist"
        return torch.cdist(features.double() @ self.whitening, self.means, compute_mode=exact).square()


def _ledoit_wolf(centred: Tensor) -> float:
    if len(centred) > centred.shape[1]:
        return 0.0
    from sklearn.covariance import ledoit_wolf_shrinkage

    return float(ledoit_wolf_shrinkage(centred.cpu().numpy(), assume_centered=True))
