"""Correlation alignment between environments."""

from __future__ import annotations

from itertools import combinations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData

from ._penultimate import features_and_logits


class CORAL(Learner):
    """Wants the features of all environments to have the same mean and the same covariance.

    The penalty is the mean squared difference of either, in the mean over pairs of environments. Source: Sun and Saenko
    2016, between training environments as in DomainBed (Gulrajani and Lopez-Paz 2021), which adds the means.
    """

    name = "coral"
    version = "1"
    needs = frozenset({"environments"})
    card = Card(
        title="Deep CORAL between environments",
        status="paper",
        paper="Deep CORAL: Correlation Alignment for Deep Domain Adaptation",
        authors="Baochen Sun, Kate Saenko",
        year=2016,
        url="https://arxiv.org/abs/1607.01719",
    )

    class Parameters(Learner.Parameters):
        """DomainBed's default."""

        weight: float = Field(1.0, ge=0, description="of the penalty")

    parameters: Parameters
    grid = {"weight": (0.1, 1.0, 10.0)}

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network."""
        self.network = data.build(context.seed)
        data.fit(self.network, context, loss=self.loss)

    def loss(
        self,
        network: torch.nn.Module,
        images: torch.Tensor,
        labels: torch.Tensor,
        groups: torch.Tensor,
        environments: torch.Tensor,
    ) -> torch.Tensor:
        """Return the cross-entropy plus the weighted penalty over environments of which the batch has two images."""
        features, logits = features_and_logits(network, images)
        parts = [features[environments == number] for number in environments.unique()]
        moments = [(part.mean(dim=0), part.T.cov()) for part in parts if len(part) > 1]
        apart = [
            (one[0] - other[0]).square().mean() + (one[1] - other[1]).square().mean()
            for one, other in combinations(moments, 2)
        ]
        penalty = torch.stack(apart).mean() if apart else logits.sum() * 0
        return torch.nn.functional.cross_entropy(logits, labels) + self.parameters.weight * penalty
