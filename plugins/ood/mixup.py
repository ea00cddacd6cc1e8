"""Mixup."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class Mixup(Learner):
    """Trains on convex combinations of two images of a batch, and of their labels.

    The share of the first follows Beta(alpha, alpha), one draw a step. Source: Zhang et al. 2018.
    """

    name = "mixup"
    version = "1"
    card = Card(
        title="Mixup",
        status="paper",
        paper="mixup: Beyond Empirical Risk Minimization",
        authors="Hongyi Zhang, Moustapha Cisse, Yann N. Dauphin, David Lopez-Paz",
        year=2018,
        url="https://arxiv.org/abs/1710.09412",
    )

    class Parameters(Learner.Parameters):
        """The paper's setting for CIFAR-10."""

        alpha: float = Field(1.0, gt=0, description="of the Beta(alpha, alpha) that the share is drawn from")

    parameters: Parameters

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network on mixtures."""
        self._rng = context.rng("mixing")
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
        """Return the cross-entropy of the mixtures with the mixed labels."""
        other = torch.from_numpy(self._rng.permutation(len(images))).to(images.device)
        share = float(self._rng.beta(self.parameters.alpha, self.parameters.alpha))
        logits = network(share * images + (1 - share) * images[other])
        own, others = (torch.nn.functional.cross_entropy(logits, each) for each in (labels, labels[other]))
        return share * own + (1 - share) * others
