"""Tent: entropy minimisation at test time."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Adapter

from ._normalisation import affine_alone, batch_norms, entropy, take_statistics_of_the_batch


class Tent(Adapter):
    """Batch norm by each batch's own statistics, its scales and shifts moved to lower the entropy of the predictions.

    Source: Wang et al. 2021; authors' code ``DequanWang/tent``. A batch is predicted by the pass whose gradient moves
    the parameters, so a step counts from the next batch on. The setting is theirs for CIFAR-10-C: Adam at 1e-3, one
    step a batch (there of 200 images).
    """

    name = "tent"
    version = "1"
    card = Card(
        title="Tent",
        status="authors' code",
        paper="Tent: Fully Test-Time Adaptation by Entropy Minimization",
        authors="Dequan Wang, Evan Shelhamer, Shaoteng Liu, Bruno Olshausen, Trevor Darrell",
        year=2021,
        url="https://arxiv.org/abs/2006.10726",
    )

    class Parameters(Adapter.Parameters):
        """The authors' for CIFAR-10-C."""

        learning_rate: float = Field(1e-3, gt=0, description="of Adam")
        steps: int = Field(1, ge=1, le=20, description="steps on each batch; the last pass predicts it")

    parameters: Parameters
    grid = {"learning_rate": (1e-3, 1e-4, 3e-3, 1e-2)}

    def start(self, network: torch.nn.Module, context: Context) -> None:
        """Make ready what is moved."""
        layers = batch_norms(network.eval())
        take_statistics_of_the_batch(layers)
        self.network = network
        self.optimiser = torch.optim.Adam(affine_alone(network, layers), lr=self.parameters.learning_rate)

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Predict, and take the steps."""
        for _ in range(self.parameters.steps):
            with torch.enable_grad():
                logits: torch.Tensor = self.network(images)
                loss = entropy(logits).mean()
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
        return logits.detach()
