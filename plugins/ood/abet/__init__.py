"""AbeT: energy with an ablated learned temperature."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import TrainedDetector, TrainingData


class AbeT(TrainedDetector):
    """``logsumexp_c(cos(w_c, h) / T(h))``: energy with a learned temperature, its leading T(h) left out ("ablated").

    Trained from scratch by cross-entropy, as the reference model was; the authors' schedule is longer and augments with
    TrivialAugment. It relies on training samples that are still misclassified and fails on a network that fits them
    all, so the accuracy on training images is reported. Source: LeVine et al. 2024; authors' code
    ``anonymousoodauthor/abet``.
    """

    name = "abet"
    version = "1"
    card = Card(
        title="Ablated learned temperature energy (AbeT)",
        status="authors' code",
        paper="Out-of-Distribution Detection & Applications With Ablated Learned Temperature Energy",
        authors="Will LeVine, Benjamin Pikus, Jacob Phillips, Berk Norman, Fernando Amat Gil, Sean Hendryx",
        year=2024,
        url="https://arxiv.org/abs/2401.12129",
        note="Relies on misclassified training samples: read the accuracy on training images beside the scores. "
        "Trained by the task's reference recipe instead of the authors' schedule.",
    )

    class Parameters(TrainedDetector.Parameters):
        """The authors' score is the ablated one."""

        ablated: bool = Field(True, description="leave out the energy's leading factor T(h)")

    parameters: Parameters

    def train(self, data: TrainingData, context: Context) -> None:
        """Train a fresh backbone with both heads by the reference recipe; batch norm ends in evaluation mode."""
        from ._network import AbeTNetwork

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            self.network = AbeTNetwork(data.build(context.seed))
        data.fit(self.network, context)

    def predict(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the energies [B] and z [B, C]."""
        features = self.network.features(images)
        temperature = self.network.temperature(features)
        logits = self.network.cosines(features) / temperature
        return self.score(logits, temperature[:, 0]), logits

    def score(self, logits: torch.Tensor, temperature: torch.Tensor) -> torch.Tensor:
        """Return the negative energy [B] of z [B, C], times the temperature [B] if it is not ablated."""
        energy = logits.logsumexp(dim=1)
        return energy if self.parameters.ablated else temperature * energy
