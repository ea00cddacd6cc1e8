"""Outlier exposure."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.lazy import torch

from ._fine_tuning import JointFineTuning, JointlyFineTuned
from ._losses import cross_entropy_to_uniform


class OutlierExposure(JointlyFineTuned):
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

    class Parameters(JointFineTuning):
        """The paper's weight for images."""

        weight: float = Field(0.5, ge=0, description="of the cross-entropy with the uniform posterior")

    parameters: Parameters

    def penalty(self, inside: torch.Tensor, outside: torch.Tensor) -> torch.Tensor:
        """Return the weighted cross-entropy of the outliers' logits [K, C] with the uniform posterior."""
        return self.parameters.weight * cross_entropy_to_uniform(outside)
