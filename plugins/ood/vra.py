"""Variational rectified activations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._shaping import percentile


class VRA(Detector):
    """Energy of the logits of features that are zero where below a low percentile and clipped at a high one (VRA-P).

    Source: Xu et al. 2023. The percentiles are of all training activations together, as OpenOOD's; its values, 10 and
    90, are the defaults; where more than that is zero, as after a ReLU, ``low`` does nothing. Both peers clip below
    too, at the low percentile (``below=clip``), and pytorch-ood takes percentiles of each feature (``per=feature``).
    """

    name = "vra"
    version = "1"
    card = Card(
        title="Variational rectified activations (VRA-P)",
        status="paper",
        paper="VRA: Variational Rectified Activation for Out-of-distribution Detection",
        authors="Mingyu Xu, Zheng Lian, Bin Liu, Jianhua Tao",
        year=2023,
        url="https://arxiv.org/abs/2302.11716",
    )

    class Parameters(Detector.Parameters):
        """OpenOOD's percentiles."""

        low: float = Field(10.0, ge=0, le=100, description="percentile below which activations are zeroed")
        high: float = Field(90.0, ge=0, le=100, description="percentile to clip at")
        below: Literal["zero", "clip"] = Field("zero", description="what becomes of activations below the low one")
        per: Literal["all", "feature"] = Field("all", description="percentiles of all activations, or of each feature")

    parameters: Parameters
    grid = {"high": (90.0, 85.0, 95.0, 99.0), "per": ("all", "feature")}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Find the thresholds.

        Raises:
            ValueError: the low percentile is above the high one.
        """
        low, high = self.parameters.low, self.parameters.high
        if low > high:
            raise ValueError(f"low = {low} is above high = {high}")
        self._head = train.head
        self._low, self._high = (self._threshold(train.features, percent) for percent in (low, high))

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the energy of the rectified features' logits [B]."""
        features = batch.features
        if self.parameters.below == "zero":
            rectified = (features * (features >= self._low)).minimum(self._high)
        else:
            rectified = features.clamp(min=self._low, max=self._high)
        return self._head(rectified).logsumexp(dim=1)

    def _threshold(self, features: torch.Tensor, percent: float) -> torch.Tensor:
        import numpy as np

        if self.parameters.per == "all":
            return features.new_tensor(percentile(features, percent))
        return features.new_tensor(np.percentile(features.detach().cpu().numpy(), percent, axis=0))
