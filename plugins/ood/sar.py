"""SAR: sharpness-aware and reliable entropy minimisation."""

from __future__ import annotations

import math

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Adapter

from ._normalisation import affine_alone, batch_norms, entropy, take_statistics_of_the_batch

REMEMBERED = 0.9
"""Of the moving average of the entropy, at each batch."""


class SAR(Adapter):
    """Tent on the images whose entropy is small, towards a flat minimum of it, begun anew where the network collapses.

    Source: Niu et al. 2023; authors' code ``mr-eggplant/SAR``. Images of an entropy over ``margin ln C`` are left out;
    the gradient is the one at the place of the largest entropy within ``rho`` (sharpness-aware minimisation), where
    images are left out once more; once the moving average of the entropy falls under ``reset``, the parameters
    are those of the start again. The last stage is not moved. Layer norm and group norm are moved too, and need no
    statistics of a batch. The setting is theirs for a ResNet-50 on ImageNet-C: SGD at 0.00025, momentum 0.9.
    """

    name = "sar"
    version = "1"
    card = Card(
        title="SAR",
        status="authors' code",
        paper="Towards Stable Test-Time Adaptation in Dynamic Wild World",
        authors="Shuaicheng Niu, Jiaxiang Wu, Yifan Zhang, Zhiquan Wen, Yaofo Chen, Peilin Zhao, Mingkui Tan",
        year=2023,
        url="https://arxiv.org/abs/2302.12400",
    )

    class Parameters(Adapter.Parameters):
        """The authors'."""

        learning_rate: float = Field(2.5e-4, gt=0, description="of SGD")
        momentum: float = Field(0.9, ge=0, lt=1, description="of SGD")
        margin: float = Field(0.4, gt=0, le=1, description="share of ln C up to which an entropy is reliable")
        rho: float = Field(0.05, ge=0, description="length of the step uphill")
        reset: float = Field(0.2, ge=0, description="mean entropy, in nats, under which it begins anew; 0: never")

    parameters: Parameters
    grid = {"learning_rate": (2.5e-4, 1e-3, 1e-2, 1e-1), "reset": (0.2, 0.02)}

    def start(self, network: torch.nn.Module, context: Context) -> None:
        """Make ready what is moved, and keep it as it is."""
        kinds = (torch.nn.modules.batchnorm._BatchNorm, torch.nn.LayerNorm, torch.nn.GroupNorm)
        layers = {name: layer for name, layer in network.eval().named_modules() if isinstance(layer, kinds)}
        others = [layer for layer in layers.values() if not isinstance(layer, kinds[0])]
        if not others:
            batch_norms(network)  # says that there is nothing to adapt
        take_statistics_of_the_batch([layer for layer in layers.values() if isinstance(layer, kinds[0])])
        last = getattr(network, "feature_info", [{"module": ""}])[-1]["module"]
        moved = [layer for name, layer in layers.items() if not last or not name.startswith(f"{last}.")]
        self.network, self.moved = network, affine_alone(network, moved)
        self.mean: float | None = None
        self.first = [parameter.detach().clone() for parameter in self.moved]
        self._begin()

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Predict, and take a step if there is an image to go by."""
        settings = self.parameters
        with torch.enable_grad():
            logits: torch.Tensor = self.network(images)
            entropies = entropy(logits)
        margin = settings.margin * math.log(logits.shape[1])
        reliable = entropies < margin
        if reliable.any():
            uphill = self._uphill(torch.autograd.grad(entropies[reliable].mean(), self.moved))
            with torch.enable_grad():
                there = entropy(self.network(images))[reliable]
            still = there[there < margin]
            if len(still):
                self._step(torch.autograd.grad(still.mean(), self.moved), uphill)
                mean = float(still.detach().mean())
                self.mean = mean if self.mean is None else REMEMBERED * self.mean + (1 - REMEMBERED) * mean
            else:
                self._shift(uphill, -1)
            if self.mean is not None and self.mean < settings.reset:
                self._begin()
        return logits.detach()

    def _begin(self) -> None:
        rate, momentum = self.parameters.learning_rate, self.parameters.momentum
        with torch.no_grad():
            for parameter, first in zip(self.moved, self.first, strict=True):
                parameter.copy_(first)
        self.optimiser = torch.optim.SGD(self.moved, lr=rate, momentum=momentum)
        self.mean = None

    def _uphill(self, slopes: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
        """Go up by `rho`, and return the way."""
        length = torch.stack([slope.norm() for slope in slopes]).norm() + 1e-12
        way = [self.parameters.rho * slope / length for slope in slopes]
        self._shift(way, 1)
        return way

    def _step(self, slopes: tuple[torch.Tensor, ...], uphill: list[torch.Tensor]) -> None:
        """Go back down, and take the step of the slopes that were found above."""
        self._shift(uphill, -1)
        for parameter, slope in zip(self.moved, slopes, strict=True):
            parameter.grad = slope
        self.optimiser.step()

    def _shift(self, way: list[torch.Tensor], sign: int) -> None:
        with torch.no_grad():
            for parameter, step in zip(self.moved, way, strict=True):
                parameter.add_(step, alpha=sign)
