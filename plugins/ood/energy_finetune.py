"""Energy-bounded fine-tuning."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.lazy import torch

from ._fine_tuning import JointFineTuning, JointlyFineTuned
from ._losses import energy_above, energy_below


class EnergyFineTuning(JointlyFineTuned):
    """Fine-tuning that pushes the energy of ID below one margin and that of outliers above another; scored by energy.

    Objective: ``CE(in) + weight (mean relu(E_in - m_in)^2 + mean relu(m_out - E_out)^2)``, ``E = -logsumexp_c f_c``.
    Source: Liu et al. 2020; authors' code ``wetliu/energy_ood``, whose outliers (80 Million Tiny Images) are withdrawn:
    the task's take their place.
    """

    name = "energy-finetune"
    version = "1"
    card = Card(
        title="Energy-bounded fine-tuning",
        status="authors' code",
        paper="Energy-based Out-of-distribution Detection",
        authors="Weitang Liu, Xiaoyun Wang, John D. Owens, Yixuan Li",
        year=2020,
        url="https://arxiv.org/abs/2010.03759",
        note="The task's auxiliary outliers take the place of 80 Million Tiny Images, which is withdrawn.",
    )

    class Parameters(JointFineTuning):
        """The authors' settings for CIFAR-10; for CIFAR-100 their margin_in is -27."""

        margin_in: float = Field(-23.0, description="energy that ID shall stay below")
        margin_out: float = Field(-5.0, description="energy that outliers shall stay above")
        weight: float = Field(0.1, ge=0, description="of the two squared hinges")

    parameters: Parameters

    def penalty(self, inside: torch.Tensor, outside: torch.Tensor) -> torch.Tensor:
        """Return the weighted hinges of ID logits [B, C] and outliers' logits [K, C]."""
        parameters = self.parameters
        hinges = energy_below(inside, parameters.margin_in) + energy_above(outside, parameters.margin_out)
        return parameters.weight * hinges

    def score(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the negative energy [B]."""
        return logits.logsumexp(dim=1)
