"""Deep nearest neighbours."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.neighbours import Bank
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._neighbours import require, unit


class KNN(Detector):
    """``-||z* - z_(k)||``, the distance to the k-th nearest training feature, all on the unit sphere.

    Source: Sun et al. 2022; k = 50 is their setting for CIFAR-10. More neighbours than training samples is
    an error. An all-zero feature vector stays zero, at distance one from everything.
    """

    name = "knn"
    version = "2"
    card = Card(
        title="Deep nearest neighbours",
        status="paper",
        paper="Out-of-Distribution Detection with Deep Nearest Neighbors",
        authors="Yiyou Sun, Yifei Ming, Xiaojin Zhu, Yixuan Li",
        year=2022,
        url="https://arxiv.org/abs/2204.06507",
    )

    class Parameters(Detector.Parameters):
        """The paper tunes k between 1 and 1,000; 50 is its choice for CIFAR-10."""

        k: int = Field(50, ge=1, description="which neighbour's distance is the score")

    parameters: Parameters
    grid = {"k": (50, 1, 5, 10, 100, 200, 500, 1000)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the normalised training features [N, D] as the bank.

        Raises:
            ValueError: there are fewer training samples than k.
        """
        require(self.parameters.k, len(train.features))
        self._bank = Bank(unit(train.features))

    def score(self, batch: Batch) -> torch.Tensor:
        """Return minus the k-th smallest distance [B]."""
        return -self._bank.nearest(unit(batch.features), self.parameters.k).values[:, -1]
