"""Simplified Hopfield energy."""

from __future__ import annotations

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet


class SHE(Detector):
    """``z . S_c``, c the predicted class and S_c the mean feature of training samples rightly predicted as c.

    The simplified modern-Hopfield energy with one stored pattern per class. Source: Zhang et al. 2023. A class of
    which no training sample is rightly predicted has no pattern stored, and what is predicted as it has no energy: 0.
    """

    name = "she"
    version = "1"
    card = Card(
        title="Simplified Hopfield energy (SHE)",
        status="paper",
        paper="Out-of-Distribution Detection based on In-Distribution Data Patterns Memorization with Modern "
        "Hopfield Energy",
        authors="Jinsong Zhang, Qiang Fu, Xu Chen, Lun Du, Zelin Li, Gang Wang, Xiaoguang Liu, Shi Han, Dongmei Zhang",
        year=2023,
        url="https://openreview.net/forum?id=KkazG4lgKL",
    )

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Store the patterns [C, D].

        Raises:
            ValueError: no sample of any class was rightly predicted.
        """
        right = train.logits.argmax(dim=1) == train.labels
        shown = torch.nn.functional.one_hot(train.labels[right], train.logits.shape[1]).to(train.features.dtype)
        counts = shown.sum(dim=0)
        if not right.any():
            raise ValueError("no training sample of any class is rightly predicted, so there is no pattern to store")
        self._patterns = shown.T @ train.features[right] / counts.clamp(min=1).unsqueeze(1)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the inner product with the predicted class's pattern [B]."""
        return (batch.features * self._patterns[batch.logits.argmax(dim=1)]).sum(dim=1)
