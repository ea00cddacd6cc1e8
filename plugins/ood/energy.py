"""Energy score."""

from __future__ import annotations

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector


class Energy(Detector):
    """``-E(x) = T logsumexp_c(f_c / T)``. Source: Liu et al. 2020; authors' code ``wetliu/energy_ood``."""

    name = "energy"
    version = "1"
    card = Card(
        title="Energy score",
        status="authors' code",
        paper="Energy-based Out-of-distribution Detection",
        authors="Weitang Liu, Xiaoyun Wang, John D. Owens, Yixuan Li",
        year=2020,
        url="https://arxiv.org/abs/2010.03759",
    )

    class Parameters(Detector.Parameters):
        """The paper's setting is T = 1."""

        temperature: float = Field(1.0, gt=0, description="T of the energy")

    parameters: Parameters
    grid = {"temperature": (1.0, 0.5, 2.0, 5.0, 10.0)}

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the negative energy [B]."""
        temperature = self.parameters.temperature
        return temperature * (batch.logits / temperature).logsumexp(dim=1)
