"""Sharpness-aware minimisation."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class SAM(Learner):
    """Steps by the gradient from a point uphill, on the same batch: two gradients a step, at the recipe's steps.

    Source: Foret et al. 2021; the point is ``radius`` away along the gradient of all weights together.
    """

    name = "sam"
    version = "1"
    card = Card(
        title="Sharpness-aware minimisation (SAM)",
        status="paper",
        paper="Sharpness-Aware Minimization for Efficiently Improving Generalization",
        authors="Pierre Foret, Ariel Kleiner, Hossein Mobahi, Behnam Neyshabur",
        year=2021,
        url="https://arxiv.org/abs/2010.01412",
    )

    class Parameters(Learner.Parameters):
        """The paper's default."""

        radius: float = Field(0.05, gt=0, description="rho, how far uphill, as a length of the weights")

    parameters: Parameters
    grid = {"radius": (0.05, 0.2, 0.5)}

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
        """Return the cross-entropy at the point uphill; its gradient by the weights is the one there."""
        weights = dict(network.named_parameters())
        here = torch.nn.functional.cross_entropy(network(images), labels)
        slopes = torch.autograd.grad(here, list(weights.values()))
        length = torch.stack([slope.norm() for slope in slopes]).norm().clamp(min=1e-12)
        above = {
            name: weight + self.parameters.radius * slope / length
            for (name, weight), slope in zip(weights.items(), slopes, strict=True)
        }
        logits = torch.func.functional_call(network, above, (images,))
        return torch.nn.functional.cross_entropy(logits, labels)
