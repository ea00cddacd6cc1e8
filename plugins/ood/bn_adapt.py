"""Batch norm by the statistics of the test."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Adapter

from ._normalisation import batch_norms


class BNAdapt(Adapter):
    """Normalises by ``N / (N + n)`` of the training statistics and ``n / (N + n)`` of those of a batch of n images.

    Source: Schneider et al. 2020, equation 4. N = 0 is prediction-time batch norm (Nado et al. 2020), and the larger N
    the less is adapted. Nothing is learned, so nothing is carried from batch to batch.
    """

    name = "bn-adapt"
    version = "1"
    card = Card(
        title="Batch norm adaptation",
        status="paper",
        paper="Improving robustness against common corruptions by covariate shift adaptation",
        authors="Steffen Schneider, Evgenia Rusak, Luisa Eck, Oliver Bringmann, Wieland Brendel, Matthias Bethge",
        year=2020,
        url="https://arxiv.org/abs/2006.16971",
    )

    class Parameters(Adapter.Parameters):
        """The paper takes N = 16 where batches are small."""

        prior: float = Field(16.0, ge=0, description="N: how many images the training statistics count as")

    parameters: Parameters
    grid = {"prior": (16.0, 0.0, 4.0, 64.0, 256.0)}

    def start(self, network: torch.nn.Module, context: Context) -> None:
        """Mix the statistics of each batch into those of every layer, before it normalises."""
        self.network = network.eval()
        for layer in batch_norms(network):
            known: Any = layer
            layer.register_forward_pre_hook(partial(self._mix, known.running_mean.clone(), known.running_var.clone()))

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """See `Adapter`."""
        with torch.no_grad():
            logits: torch.Tensor = self.network(images)
        return logits

    def _mix(self, mean: torch.Tensor, variance: torch.Tensor, layer: Any, inputs: tuple[torch.Tensor]) -> None:
        (values,) = inputs
        over = [0, *range(2, values.ndim)]
        share = len(values) / (len(values) + self.parameters.prior)
        layer.running_mean = mean.lerp(values.mean(over), share)
        layer.running_var = variance.lerp(values.var(over, unbiased=False), share)
