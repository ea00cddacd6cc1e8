"""Gaussians with one covariance for all classes, whitened once: what the Mahalanobis detectors share."""

from __future__ import annotations

from dataclasses import dataclass

from suite.lazy import torch

from ._moments import class_means, second_moment


@dataclass(frozen=True)
class Gaussian:
    """Whitening [D, rank] and whitened class means [C, rank], in float64.

    ``rank`` counts the eigenvalues of the covariance above ``largest * D * eps32^2``, the smallest variance that
    float32 features can tell from rounding; the others are cut, so that distances are those of the pseudo-inverse.
    ``shrinkage`` is the weight that the scaled identity got.
    """

    whitening: torch.Tensor
    means: torch.Tensor
    shrinkage: float

    @classmethod
    def fit(cls, features: torch.Tensor, labels: torch.Tensor, shrinkage: float | None = None) -> Gaussian:
        """Estimate class means and the shared covariance, divided by N, of features [N, D] with labels [N].

        ``shrinkage`` None means Ledoit and Wolf's if N <= D, where the covariance is singular, and none otherwise.
        """
        classes, places = torch.unique(labels, return_inverse=True)
        means = class_means(features, places, len(classes))
        covariance = second_moment(features, means, places)
        if shrinkage is None:
            few = len(features) <= features.shape[1]
            shrinkage = _ledoit_wolf(features.double() - means[places]) if few else 0.0
        return cls.of(means, covariance, shrinkage)

    @classmethod
    def of(cls, means: torch.Tensor, covariance: torch.Tensor, shrinkage: float = 0.0) -> Gaussian:
        """Whiten with a covariance [D, D] around means [C, D], both float64."""
        if shrinkage:
            identity = torch.eye(len(covariance), dtype=covariance.dtype, device=covariance.device)
            covariance = (1 - shrinkage) * covariance + shrinkage * covariance.diagonal().mean() * identity
        values, vectors = torch.linalg.eigh(covariance)
        kept = values > values[-1] * len(values) * torch.finfo(torch.float32).eps ** 2
        whitening = vectors[:, kept] / values[kept].sqrt()
        return cls(whitening, means @ whitening, shrinkage)

    def distances(self, features: torch.Tensor) -> torch.Tensor:
        """Return the squared Mahalanobis distances [B, C] of features [B, D] to the class means."""
        # Exact, not by the expansion of the square: near a mean that would cancel.
        exact = "donot_use_mm_for_euclid_dist"
        return torch.cdist(features.double() @ self.whitening, self.means, compute_mode=exact).square()


def _ledoit_wolf(centred: torch.Tensor) -> float:
    from sklearn.covariance import ledoit_wolf_shrinkage

    return float(ledoit_wolf_shrinkage(centred.cpu().numpy(), assume_centered=True))
