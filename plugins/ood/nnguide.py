"""Nearest-neighbour guidance."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.neighbours import Bank
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._neighbours import require, unit


class NNGuide(Detector):
    """``E(f) * mean_{top k} E_i (u . u_i)``: the energy, guided by the energies of the nearest training samples.

    u are unit features, E the log-sum-exp of the logits. Source: Park et al. 2023. The bank is all of
    training; k = 10 as in pytorch-ood, where OpenOOD takes 100 of a one-per-cent bank.
    """

    name = "nnguide"
    version = "2"
    card = Card(
        title="Nearest-neighbour guidance (NNGuide)",
        status="paper",
        paper="Nearest Neighbor Guidance for Out-of-Distribution Detection",
        authors="Jaewoo Park, Yoon Gyo Jung, Andrew Beng Jin Teoh",
        year=2023,
        url="https://arxiv.org/abs/2309.14888",
    )

    class Parameters(Detector.Parameters):
        """See the class for whose default this is."""

        k: int = Field(10, ge=1, description="how many neighbours guide")

    parameters: Parameters
    grid = {"k": (10, 1, 50, 100, 200)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the unit features times their energies [N, D].

        Raises:
            ValueError: there are fewer training samples than k.
        """
        require(self.parameters.k, len(train.features))
        self._bank = Bank(unit(train.features) * train.logits.logsumexp(dim=1, keepdim=True), "product")

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the guided energy [B]."""
        guidance = self._bank.nearest(unit(batch.features), self.parameters.k).values.mean(dim=1)
        return batch.logits.logsumexp(dim=1) * guidance
