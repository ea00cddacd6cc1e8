"""Directed sparsification."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, LinearHead, TrainingSet

from ._shaping import percentile


class DICE(Detector):
    """Energy of the logits of a head that keeps its strongest weights.

    The contribution of a weight is ``W_cd * mean_i z_id``; weights at or below the p-th percentile of all are zeroed.
    Source: Sun and Li 2022; p = 90 as for CIFAR there.
    """

    name = "dice"
    version = "1"
    card = Card(
        title="Directed sparsification (DICE)",
        status="paper",
        paper="DICE: Leveraging Sparsification for Out-of-Distribution Detection",
        authors="Yiyou Sun, Yixuan Li",
        year=2022,
        url="https://arxiv.org/abs/2111.09805",
    )

    class Parameters(Detector.Parameters):
        """The paper's setting for CIFAR."""

        p: float = Field(90.0, ge=0, lt=100, description="per cent of the head's weights that are zeroed")

    parameters: Parameters
    grid = {"p": (90.0, 10.0, 50.0)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Zero the weights that contribute least."""
        contribution = train.features.mean(dim=0) * train.head.weight
        kept = contribution > percentile(contribution, self.parameters.p)
        self._head = LinearHead(train.head.weight * kept, train.head.bias)

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the energy of the sparse head's logits [B]."""
        return self._head(batch.features).logsumexp(dim=1)
