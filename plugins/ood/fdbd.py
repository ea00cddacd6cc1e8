"""Distance to the decision boundaries."""

from __future__ import annotations

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet


class FDBD(Detector):
    """``mean_{c != p} (f_p - f_c) / ||w_p - w_c|| / ||z - mu||``, p the predicted class, mu the training mean.

    The distances of z to the decision boundaries of the predicted class, relative to its distance from the mean.
    Source: Liu and Qin 2024. Classes with equal weights have no boundary between them, and none is counted.
    """

    name = "fdbd"
    version = "1"
    card = Card(
        title="Fast decision-boundary distance (fDBD)",
        status="paper",
        paper="Fast Decision Boundary based Out-of-Distribution Detector",
        authors="Litian Liu, Yao Qin",
        year=2024,
        url="https://arxiv.org/abs/2312.11536",
    )

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the mean [D], the distances between the classes' weights [C, C], and how many boundaries each has [C].

        Raises:
            ValueError: there is no boundary between any two classes.
        """
        self._mean = train.features.mean(dim=0)
        exact = "donot_use_mm_for_euclid_dist"
        between = torch.cdist(train.head.weight, train.head.weight, compute_mode=exact)
        self._boundaries = (between > 0).sum(dim=1)
        if not self._boundaries.any():
            raise ValueError("no two classes of the head have different weights, so there is no boundary between them")
        self._between = between.where(between > 0, torch.inf)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the mean relative distance to the boundaries [B]."""
        largest, predicted = batch.logits.max(dim=1, keepdim=True)
        distances = (largest - batch.logits) / self._between[predicted[:, 0]]
        spread: torch.Tensor = (batch.features - self._mean).norm(dim=1)
        return distances.sum(dim=1) / self._boundaries[predicted[:, 0]].clamp(min=1) / spread.clamp(min=1e-8)
