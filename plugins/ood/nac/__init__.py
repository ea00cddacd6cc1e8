"""Neuron activation coverage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.models.features import by_channel, stage_outputs, stages
from suite.tracks.ood import Batch, Detector, LinearHead, TrainingSet

from .._batching import in_passes, passes
from ._coverage import Coverage


class NAC(Detector):
    """How common each neuron's state is in training, averaged over the neurons of a layer, then over layers (NAC-UE).

    The state of a neuron is ``sigmoid(alpha z dKL(u || p)/dz)``, u uniform and p the softmax; maps and gradients are
    first summed over positions, as in the authors' code. Its coverage is the share of ``filled`` hits that its
    histogram bin has from training, at most one. Source: Liu et al. 2024. The layers are the penultimate one, whose
    gradient is ``(p - u) W``, then the stages before the last, going back; surplus entries of the parameters go unused.
    The histograms come from a random sample of training. pytorch-ood takes all of training (``samples=None``), bins
    that narrow towards 0 and 1 (``spacing=geometric``), the mean of the products over positions, and the sum over
    layers.
    """

    name = "nac"
    version = "1"
    card = Card(
        title="Neuron activation coverage (NAC-UE)",
        status="paper",
        paper="Neuron Activation Coverage: Rethinking Out-of-distribution Detection and Generalization",
        authors="Yibing Liu, Chris Xing Tian, Haoliang Li, Lei Ma, Shiqi Wang",
        year=2024,
        url="https://arxiv.org/abs/2306.02879",
        note="The default parameters are those that the authors tuned for CIFAR-10 with OOD validation data.",
    )
    needs = frozenset({"images", "network"})

    class Parameters(Detector.Parameters):
        """The authors' for CIFAR-10 and ResNet-18; a tuple has an entry per layer, from the penultimate one back."""

        alpha: tuple[float, ...] = Field((100.0, 1000.0, 0.001, 0.001), min_length=1, description="steepness")
        bins: tuple[int, ...] = Field((50, 500, 50, 500), min_length=1, description="bins of the histograms")
        filled: tuple[int, ...] = Field(
            (50, 100, 5, 100), min_length=1, description="hits of a bin that are full coverage"
        )
        samples: int | None = Field(1000, ge=1, description="training samples that fill the histograms; all if None")
        spacing: Literal["uniform", "geometric"] = Field(
            "uniform", description="bins of equal width, or narrow at 0 and 1"
        )

    parameters: Parameters
    grid = {"alpha": tuple((alpha, 1000.0, 0.001, 0.001) for alpha in (100.0, 1.0, 10.0, 1000.0))}
    _network: torch.nn.Module
    _head: LinearHead

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Fill the histograms.

        Raises:
            ValueError: the per-layer parameters have different lengths.
        """
        layers = {len(self.parameters.alpha), len(self.parameters.bins), len(self.parameters.filled)}
        if len(layers) > 1:
            raise ValueError("alpha, bins and filled have different numbers of layers")
        assert train.network is not None
        self._network = train.network.requires_grad_(False)
        self._head = train.head
        self._earlier = min(layers.pop(), len(stages(self._network))) - 1
        count = len(train.features)
        drawn = torch.randperm(count, generator=context.generator("samples"))[: self.parameters.samples or count]
        products = self._training_products(train, drawn.sort().values.to(train.features.device))
        self._layers = [
            Coverage.of(states, bins, filled, self.parameters.spacing)
            for states, bins, filled in zip(
                self._states(products), self.parameters.bins, self.parameters.filled, strict=False
            )
        ]

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the mean coverage [B]."""
        states = self._states(self._products(batch))
        covered = [coverage(layer).mean(dim=1) for coverage, layer in zip(self._layers, states, strict=True)]
        return torch.stack(covered).mean(dim=0)

    def _training_products(self, train: TrainingSet, rows: torch.Tensor) -> list[torch.Tensor]:
        if not self._earlier:
            return self._products(Batch(train.features[rows], train.logits[rows]))
        assert train.images is not None
        parts = [
            self._products(Batch(train.features[part], train.logits[part], images))
            for part, images in passes(train.images, rows)
        ]
        return [torch.cat(layer) for layer in zip(*parts, strict=True)]

    def _states(self, products: list[torch.Tensor]) -> list[torch.Tensor]:
        return [(alpha * layer).sigmoid() for alpha, layer in zip(self.parameters.alpha, products, strict=False)]

    def _products(self, batch: Batch) -> list[torch.Tensor]:
        """Return neurons times their gradients [B, neurons], a tensor per layer."""
        shares = batch.logits.softmax(dim=1) - 1 / batch.logits.shape[1]
        products = [batch.features * (shares @ self._head.weight)]
        if not self._earlier:
            return products
        assert batch.images is not None
        widths: list[int] = []

        def joined(images: torch.Tensor) -> torch.Tensor:
            layers = self._earlier_products(images)
            widths[:] = [layer.shape[1] for layer in layers]
            return torch.cat(layers, dim=1)

        return [*products, *torch.split(in_passes(joined, batch.images), widths, dim=1)]

    def _earlier_products(self, images: torch.Tensor) -> list[torch.Tensor]:
        with torch.enable_grad():
            outputs, logits = stage_outputs(self._network, images.detach().clone().requires_grad_(True))
            earlier = outputs[-2::-1][: self._earlier]
            divergence = -logits.log_softmax(dim=1).mean(dim=1).sum()
            gradients = torch.autograd.grad(divergence, earlier)
        return [self._summed(maps) * self._summed(slopes) for maps, slopes in zip(earlier, gradients, strict=True)]

    def _summed(self, maps: torch.Tensor) -> torch.Tensor:
        return by_channel(maps.detach(), self._network).sum(dim=2)
