"""Group distributionally robust optimisation."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class GroupDRO(Learner):
    """Lowers the loss of the groups in which it is largest: the weight of a group grows exponentially with its loss.

    Source: Sagawa et al. 2020, algorithm 1, on batches drawn evenly from images and not from groups: a group that a
    batch has no image of keeps its weight.
    """

    name = "group-dro"
    version = "1"
    needs = frozenset({"groups"})
    card = Card(
        title="Group distributionally robust optimisation (group DRO)",
        status="paper",
        paper="Distributionally Robust Neural Networks for Group Shifts",
        authors="Shiori Sagawa, Pang Wei Koh, Tatsunori B. Hashimoto, Percy Liang",
        year=2020,
        url="https://arxiv.org/abs/1911.08731",
    )

    class Parameters(Learner.Parameters):
        """How fast the weights follow the losses."""

        step: float = Field(0.01, gt=0, description="eta, by which a group's loss is multiplied in the exponent")

    parameters: Parameters
    grid = {"step": (0.01, 0.1, 1.0)}

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network."""
        self.weights = torch.ones(int(data.groups.max()) + 1, device=context.device)
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
        """Return the sum of the groups' mean losses, by their weights, which are moved first."""
        losses = torch.nn.functional.cross_entropy(network(images), labels, reduction="none")
        counts = torch.bincount(groups, minlength=len(self.weights))
        means = torch.zeros_like(self.weights).index_add(0, groups, losses) / counts.clamp(min=1)
        self.weights = (self.weights.log() + self.parameters.step * means.detach()).softmax(dim=0)
        return (self.weights * means).sum()
