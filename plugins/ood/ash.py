"""Activation shaping."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._shaping import largest, ratio


class ASH(Detector):
    """Energy of the logits of features pruned per sample to their largest activations, in three variants.

    ``p`` only prunes; ``s`` multiplies what is left by ``exp(sum before / sum after)``; ``b`` sets all that is left to
    ``sum before / number left``. Source: Djurisic et al. 2023. Applied to the pooled penultimate
    features, as OpenOOD does. Defaults are OpenOOD's, ASH-B at 90 %; pytorch-ood's are ASH-S at 65 %. A sample whose
    activations are all zero is left as it is, where pytorch-ood's ASH-S gives NaN.
    """

    name = "ash"
    version = "1"
    card = Card(
        title="Activation shaping (ASH)",
        status="paper",
        paper="Extremely Simple Activation Shaping for Out-of-Distribution Detection",
        authors="Andrija Djurisic, Nebojsa Bozanic, Arjun Ashok, Rosanne Liu",
        year=2023,
        url="https://arxiv.org/abs/2209.09858",
    )

    class Parameters(Detector.Parameters):
        """OpenOOD's defaults."""

        variant: Literal["b", "p", "s"] = Field("b", description="binarise, prune only, or scale")
        percentile: float = Field(90.0, ge=0, lt=100, description="per cent of a sample's activations that are pruned")

    parameters: Parameters
    grid = {"percentile": (90.0, 65.0, 70.0, 75.0, 80.0, 85.0, 95.0)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Keep the linear head."""
        self._head = train.head

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the energy of the shaped features' logits [B]."""
        features = batch.features
        values, places = largest(features, self.parameters.percentile)
        total = features.sum(dim=1)
        if self.parameters.variant == "b":
            values = (total / values.shape[1]).unsqueeze(1).expand_as(values)
        elif self.parameters.variant == "s":
            values = values * ratio(total, values.sum(dim=1)).exp().unsqueeze(1)
        return self._head(features.new_zeros(features.shape).scatter(1, places, values)).logsumexp(dim=1)
