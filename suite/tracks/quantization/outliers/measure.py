"""How far a network's activations lie out, where quantizers go."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from suite.tracks.quantization.fake.layers import insert
from suite.tracks.quantization.fake.sites import activation_sites

BATCH = 64


@dataclass(frozen=True)
class Outliers:
    """What one activation's values are like.

    Attributes:
        site: its name, as ``blocks.0.attn.qkv.input``.
        kurtosis: fourth central moment over the squared variance; 3 if they were normal, 0 if they are all alike.
        max_to_mean: largest magnitude over the mean magnitude; 0 if they are all zero.
    """

    site: str
    kurtosis: float
    max_to_mean: float


class _Moments(nn.Module):
    """Sums the powers of what passes, in float64."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.largest = 0, 0.0
        self.powers, self.magnitude = torch.zeros(5, dtype=torch.float64), 0.0

    def forward(self, x: Tensor) -> Tensor:
        values = x.detach().double().flatten()
        self.count += len(values)
        self.powers += torch.stack([values.pow(power).sum() for power in range(5)]).cpu()
        self.magnitude += float(values.abs().sum())
        self.largest = max(self.largest, float(values.abs().max()))
        return x

    def outliers(self, site: str) -> Outliers:
        _, mean, second, third, fourth = (self.powers / self.count).tolist()
        variance = second - mean**2
        central = fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4
        return Outliers(
            site,
            central / variance**2 if variance > 1e-12 * second else 0.0,
            self.largest * self.count / self.magnitude if self.magnitude else 0.0,
        )


@torch.no_grad()
def outliers(model: nn.Module, images: Tensor) -> list[Outliers]:
    """Return what each activation that is quantized is like while a model runs on images [N, C, H, W].

    In the model's order, edges left out. The model is changed: its layers get room for quantizers.
    """
    sites = [site for site in activation_sites(insert(model)) if not site.edge]
    moments = [_Moments() for _ in sites]
    for site, each in zip(sites, moments, strict=True):
        site.put(each)
    for part in torch.split(images, BATCH):
        model(part)
    return [each.outliers(site.name) for site, each in zip(sites, moments, strict=True)]
