"""Outlier exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from suite import Card

from ..msp import log_msp
from .fine_tuning import FineTuned, FineTuning
from .losses import cross_entropy_to_uniform, joint_logits

if TYPE_CHECKING:
    from torch import Tensor, nn


class OutlierExposure(FineTuned):
    """Fine-tuning towards a uniform posterior on outliers; scored by the maximum softmax probability.

    Objective: ``CE(in) + weight mean_out(logsumexp_c f_c - mean_c f_c)``. Source: Hendrycks et al. 2019, in the
    fine-tuning schedule of Liu et al. 2020 (authors' code), who compare with it.
    """

    name = "outlier-exposure"
    version = "1"
    card = Card(
        title="Outlier exposure (OE)",
        status="paper",
        paper="Deep Anomaly Detection with Outlier Exposure",
        authors="Dan Hendrycks, Mantas Mazeika, Thomas Dietterich",
        year=2019,
        url="https://arxiv.org/abs/1812.04606",
        note="The task's auxiliary outliers take the place of 80 Million Tiny Images, which is withdrawn.",
    )

    class Parameters(FineTuning):
        """The paper's weight for images."""

        outlier_batch: int = Field(256, ge=1, description="outliers a step, in the same forward pass")
        weight: float = Field(0.5, ge=0, description="of the cross-entropy with the uniform posterior")

    parameters: Parameters

    @property
    def outlier_batch(self) -> int:
        """As the parameter says."""
        return self.parameters.outlier_batch

    def loss(self, network: nn.Module, images: Tensor, labels: Tensor, outliers: Tensor) -> Tensor:
        """Return the cross-entropies with the labels and, weighted, with the uniform posterior."""
        from torch.nn import functional as F

        inside, outside = joint_logits(network, images, outliers)
        return F.cross_entropy(inside, labels) + self.parameters.weight * cross_entropy_to_uniform(outside)

    def score(self, logits: Tensor) -> Tensor:
        """Return the log of the largest softmax probability [B]."""
        return log_msp(logits)
