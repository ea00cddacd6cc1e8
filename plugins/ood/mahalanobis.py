"""Mahalanobis distance to the nearest class."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._gaussian import Gaussian


class Mahalanobis(Detector):
    """``-min_c (z - mu_c)' S^-1 (z - mu_c)`` with class means and one shared covariance S.

    Source: Lee et al. 2018, on the penultimate layer alone, without their input perturbation and ensemble of layers (as
    OpenOOD's MDS). The covariance is divided by N, in float64; where dimensions never fire, S^-1 is the pseudo-inverse.
    With fewer samples than dimensions, where the paper's S is singular, it is shrunk by Ledoit and Wolf's rule.
    pytorch-ood 0.4 inverts ``scatter + 1e-6 I`` in float32 instead: the same ranking while S has full rank, noise when
    it has not (N = 200, D = 512). Features are whitened once, so scoring costs one product whatever the number of
    classes.
    """

    name = "mahalanobis"
    version = "2"
    card = Card(
        title="Mahalanobis distance",
        status="paper",
        paper="A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
        authors="Kimin Lee, Kibok Lee, Honglak Lee, Jinwoo Shin",
        year=2018,
        url="https://arxiv.org/abs/1807.03888",
        note="Penultimate layer alone, without input perturbation and layer ensemble; shrunk when N <= D.",
    )

    class Parameters(Detector.Parameters):
        """The paper does not shrink the covariance."""

        shrinkage: float | None = Field(
            None,
            ge=0,
            le=1,
            description="weight of the scaled identity in the covariance; None: Ledoit and Wolf's if N <= D, else 0",
        )

    parameters: Parameters
    grid = {"shrinkage": (None, 0.01, 0.1, 0.5)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Estimate class means and covariance."""
        self._gaussian = Gaussian.fit(train.features, train.labels, self.parameters.shrinkage)
        rank, share = self._gaussian.whitening.shape[1], self._gaussian.shrinkage
        context.log(f"covariance of rank {rank} of {train.features.shape[1]}, shrinkage {share:.3g}")

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the squared distance to the nearest class mean [B]."""
        return -self._gaussian.distances(batch.features).amin(dim=1)
