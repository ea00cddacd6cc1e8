"""Invariant risk minimisation."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class IRM(Learner):
    """Wants the classifier to be the best one in every environment: IRMv1.

    The penalty is the squared gradient of each environment's loss by a factor of the logits, at 1, in the mean over
    environments. It sets in after some steps, and the objective is divided by its weight where that is above 1.
    Source: Arjovsky et al. 2019, and their code for coloured MNIST.
    """

    name = "irm"
    version = "1"
    needs = frozenset({"environments"})
    card = Card(
        title="Invariant risk minimisation (IRM)",
        status="paper",
        paper="Invariant Risk Minimization",
        authors="Martin Arjovsky, Léon Bottou, Ishaan Gulrajani, David Lopez-Paz",
        year=2019,
        url="https://arxiv.org/abs/1907.02893",
    )

    class Parameters(Learner.Parameters):
        """The penalty."""

        weight: float = Field(100.0, ge=0, description="lambda, of the penalty")
        start: float = Field(0.4, ge=0, le=1, description="share of the steps before the penalty sets in")

    parameters: Parameters
    grid = {"weight": (1.0, 100.0, 10000.0)}

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network."""
        steps = data.recipe.epochs * -(-len(data.pixels) // data.recipe.batch_size)
        self._waiting = round(self.parameters.start * steps)
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
        """Return the mean loss over environments, plus the weighted penalty."""
        scale = torch.ones((), device=images.device, requires_grad=True)
        logits = network(images) * scale
        parts = [environments == number for number in environments.unique()]
        losses = [torch.nn.functional.cross_entropy(logits[part], labels[part]) for part in parts]
        risk = torch.stack(losses).mean()
        self._waiting -= 1
        if self._waiting >= 0 or self.parameters.weight == 0:
            return risk
        slopes = [torch.autograd.grad(each, scale, create_graph=True)[0] for each in losses]
        penalty = torch.stack(slopes).square().mean()
        return (risk + self.parameters.weight * penalty) / max(1.0, self.parameters.weight)
