"""Rectified activations."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._shaping import percentile


class ReAct(Detector):
    """Energy of the logits of ``min(z, c)``, c the 90th percentile of all training activations.

    Source: Sun et al. 2021.
    """

    name = "react"
    version = "1"
    card = Card(
        title="Rectified activations (ReAct)",
        status="paper",
        paper="ReAct: Out-of-distribution Detection With Rectified Activations",
        authors="Yiyou Sun, Chuan Guo, Yixuan Li",
        year=2021,
        url="https://arxiv.org/abs/2111.12797",
    )

    class Parameters(Detector.Parameters):
        """The paper's setting."""

        percentile: float = Field(90.0, gt=0, le=100, description="percentile of training activations to clip at")

    parameters: Parameters
    grid = {"percentile": (90.0, 85.0, 95.0, 99.0)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Find the threshold over all activations of all training samples."""
        self._head = train.head
        self._threshold = percentile(train.features, self.parameters.percentile)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the energy of the rectified features' logits [B]."""
        return self._head(batch.features.clamp(max=self._threshold)).logsumexp(dim=1)
