"""Neural-collapse proximity."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet


class NCI(Detector):
    """``cos(z - mu, w_p) ||w_p|| + alpha ||z||_1``, p the predicted class, mu the training mean.

    Under neural collapse centred ID features line up with their class's weight vector. Source: Liu and Qin 2025.
    alpha = 0 leaves the filtering by feature norm out, as pytorch-ood's default does.
    """

    name = "nci"
    version = "1"
    card = Card(
        title="Neural-collapse proximity (NCI)",
        status="paper",
        paper="Detecting Out-of-Distribution Through the Lens of Neural Collapse",
        authors="Litian Liu, Yao Qin",
        year=2025,
        url="https://arxiv.org/abs/2311.01479",
    )

    class Parameters(Detector.Parameters):
        """The authors tune alpha on validation data; 0 needs none."""

        alpha: float = Field(0.0, ge=0, description="weight of the feature's L1 norm")

    parameters: Parameters
    grid = {"alpha": (0.0, 1e-4, 1e-3, 1e-2, 1e-1)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the mean and the head."""
        self._mean, self._weight = train.features.mean(dim=0), train.head.weight

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the proximity to the predicted class's weight vector [B]."""
        centred = batch.features - self._mean
        weights = self._weight[batch.logits.argmax(dim=1)]
        lengths: torch.Tensor = centred.norm(dim=1)
        proximity = (centred * weights).sum(dim=1) / lengths.clamp(min=1e-12)
        return proximity + self.parameters.alpha * batch.features.abs().sum(dim=1)
