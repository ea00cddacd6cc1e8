"""Mixture outlier exposure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import TrainingData

from ._fine_tuning import FineTuned, FineTuning
from ._losses import cross_entropy_to_uniform, joint_logits


class MixOE(FineTuned):
    """Fine-tuning towards a confidence that decays from ID images to outliers; scored by maximum softmax probability.

    Each ID image is mixed with an outlier; the label of a mixture that is ID to the share s is
    ``s one-hot + (1 - s) uniform``. Objective: ``CE(in) + weight CE(mixed)``. Source: Zhang et al. 2023; the share
    follows Beta(alpha, alpha), one draw a step, and CutMix corrects it to the share of pixels that are left.
    """

    name = "mixoe"
    version = "1"
    card = Card(
        title="Mixture outlier exposure (MixOE)",
        status="paper",
        paper="Mixture Outlier Exposure: Towards Out-of-Distribution Detection in Fine-grained Environments",
        authors="Jingyang Zhang, Nathan Inkawhich, Randolph Linderman, Yiran Chen, Hai Li",
        year=2023,
        url="https://arxiv.org/abs/2106.03917",
        note="The task's auxiliary outliers take the place of the paper's WebVision.",
    )

    class Parameters(FineTuning):
        """The paper's settings; as many outliers as ID images a step."""

        batch_size: int = Field(32, ge=1, description="ID images a step, and outliers that they are mixed with")
        mix: Literal["mixup", "cutmix"] = Field(
            "mixup", description="blend whole images, or paste a box of the outlier"
        )
        alpha: float = Field(1.0, gt=0, description="of the Beta(alpha, alpha) that the share of ID is drawn from")
        weight: float = Field(5.0, ge=0, description="of the cross-entropy on mixtures")

    parameters: Parameters

    def train(self, data: TrainingData, context: Context) -> None:
        """See `FineTuned.train`."""
        self._rng = context.rng("mixing")
        super().train(data, context)

    def loss(
        self, network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor, outliers: torch.Tensor
    ) -> torch.Tensor:
        """Return the cross-entropies with the labels and, weighted, with the mixtures' soft labels."""
        mixed, share = self.mixed(images, outliers[: len(images)])
        inside, between = joint_logits(network, images, mixed)
        # The cross-entropy with a mixture of two labels is the mixture of the two cross-entropies.
        soft = share * torch.nn.functional.cross_entropy(between, labels) + (1 - share) * cross_entropy_to_uniform(
            between
        )
        return torch.nn.functional.cross_entropy(inside, labels) + self.parameters.weight * soft

    def mixed(self, images: torch.Tensor, outliers: torch.Tensor) -> tuple[torch.Tensor, float]:
        """Return mixtures [B, channels, height, width] of images and outliers of that shape, and their share of ID."""
        share = float(self._rng.beta(self.parameters.alpha, self.parameters.alpha))
        if self.parameters.mix == "mixup":
            return share * images + (1 - share) * outliers, share
        top, bottom = self._side(images.shape[2], share)
        left, right = self._side(images.shape[3], share)
        pasted = images.clone()
        pasted[:, :, top:bottom, left:right] = outliers[:, :, top:bottom, left:right]
        return pasted, 1 - (bottom - top) * (right - left) / (images.shape[2] * images.shape[3])

    def _side(self, size: int, share: float) -> tuple[int, int]:
        """Return where a box begins and ends along a side; its centre is anywhere, what lies outside is cut off."""
        half = int(size * (1 - share) ** 0.5) // 2
        centre = int(self._rng.integers(size))
        return max(centre - half, 0), min(centre + half, size)
