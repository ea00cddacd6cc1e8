"""Logit normalisation."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData

from .msp import log_msp


class LogitNorm(TrainedDetector):
    """Cross-entropy on ``f / (tau ||f||)``, so that growing logits do not lower it; scored by MSP of the plain logits.

    Trained from scratch as the reference model was. Source: Wei et al. 2022; tau = 0.04 is their setting for CIFAR-10.
    Norms have 1e-7 added, as in the authors' code.
    """

    name = "logitnorm"
    version = "1"
    card = Card(
        title="Logit normalisation (LogitNorm)",
        status="paper",
        paper="Mitigating Neural Network Overconfidence with Logit Normalization",
        authors="Hongxin Wei, Renchunzi Xie, Hao Cheng, Lei Feng, Bo An, Yixuan Li",
        year=2022,
        url="https://arxiv.org/abs/2205.09310",
    )

    class Parameters(TrainedDetector.Parameters):
        """The paper's setting for CIFAR-10."""

        temperature: float = Field(0.04, gt=0, description="tau, the length of the inverse logit vectors")

    parameters: Parameters

    def train(self, data: TrainingData, context: Context) -> None:
        """Train a fresh network by the reference recipe."""
        self.network = data.build(context.seed)
        data.fit(self.network, context, loss=self.loss)

    def loss(
        self, network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, outliers: torch.Tensor
    ) -> torch.Tensor:
        """Return the cross-entropy of the normalised logits; no use is made of outliers."""
        logits = network(images)
        norms = logits.norm(dim=1, keepdim=True) + 1e-7
        return torch.nn.functional.cross_entropy(logits / (self.parameters.temperature * norms), labels)

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the log of the largest softmax probability [B] and the logits [B, C]."""
        logits = self.network(images)
        return log_msp(logits), logits
