"""Mahalanobis distance to the nearest class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card, Context, Parameters
from suite.tracks.ood import Batch, Detector, TrainingSet

if TYPE_CHECKING:
    from torch import Tensor


class Mahalanobis(Detector):
    """``-min_c (z - mu_c)' S^-1 (z - mu_c)`` with class means and one shared covariance S.

    Source: Lee et al. 2018, equations 1 and 2, on the penultimate layer alone, without their input perturbation and
    ensemble of layers (as OpenOOD's MDS). The covariance is divided by N and computed in float64; its eigenvalues under
    ``largest * D * eps32`` are cut, so S^-1 is the pseudo-inverse where dimensions never fire. With fewer samples than
    dimensions, where the paper's S is singular, it is shrunk by Ledoit and Wolf's rule. pytorch-ood 0.4 inverts
    ``scatter + 1e-6 I`` in float32 instead: the same ranking while S has full rank, noise when it has not (N = 200,
    D = 512). Features are whitened once, so that scoring costs one product whatever the number of classes.
    """

    name = "mahalanobis"
    version = "1"
    card = Card(
        title="Mahalanobis distance",
        status="paper",
        paper="A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
        authors="Kimin Lee, Kibok Lee, Honglak Lee, Jinwoo Shin",
        year=2018,
        url="https://arxiv.org/abs/1807.03888",
        note="Penultimate layer alone, without input perturbation and layer ensemble; shrunk when N <= D.",
    )

    class Parameters(Parameters):
        """The paper does not shrink the covariance."""

        shrinkage: float | None = Field(
            None,
            ge=0,
            le=1,
            description="weight of the scaled identity in the covariance; None: Ledoit and Wolf's if N <= D, else 0",
        )

    parameters: Parameters

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Estimate the class means [C, D] and the whitening [D, rank]."""
        import torch

        features, labels = train.features.double(), train.labels
        classes = labels.unique()
        means = torch.stack([features[labels == c].mean(dim=0) for c in classes])
        centred = features - means[torch.searchsorted(classes, labels)]
        covariance = centred.T @ centred / len(features)
        share = self._share(centred)
        if share:
            identity = torch.eye(len(covariance), dtype=covariance.dtype, device=covariance.device)
            covariance = (1 - share) * covariance + share * covariance.diagonal().mean() * identity
        values, vectors = torch.linalg.eigh(covariance)
        kept = values > values[-1] * len(values) * torch.finfo(torch.float32).eps
        context.log(f"covariance of rank {int(kept.sum())} of {len(values)}, shrinkage {share:.3g}")
        self._whiten = vectors[:, kept] / values[kept].sqrt()
        self._means = means @ self._whiten

    def _share(self, centred: Tensor) -> float:
        if self.parameters.shrinkage is not None:
            return self.parameters.shrinkage
        if len(centred) > centred.shape[1]:
            return 0.0
        from sklearn.covariance import ledoit_wolf_shrinkage

        return float(ledoit_wolf_shrinkage(centred.cpu().numpy(), assume_centered=True))

    def score(self, batch: Batch) -> Tensor:
        """Return minus the squared distance to the nearest class mean [B]."""
        import torch

        whitened = batch.features.double() @ self._whiten
        return -torch.cdist(whitened, self._means, compute_mode="donot_use_mm_for_euclid_dist").square().amin(dim=1)
