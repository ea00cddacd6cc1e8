"""The denoiser of low-dimensional mixtures in Aithal et al. 2024: an MLP whose layers are told the timestep."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from suite.diffusion.mlp import sinusoids

SLOPE = 0.02


class TemporalMLP(nn.Module):
    """Maps noised points [..., T, D] and timesteps [T], or [1] for all of them, to the noise in them.

    What is told of a timestep is computed once, however many points are at it.

    Args:
        size: D.
        width: of the stream.
        layers: how often a temporal layer is passed.
        shared: whether it is the same layer each time, as in the authors' code, or each has weights of its own.
    """

    def __init__(self, size: int, width: int = 128, layers: int = 3, *, shared: bool = True) -> None:
        super().__init__()
        self.width, self.passes = width, layers
        self.time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.into = nn.Linear(size, width)
        self.layers = nn.ModuleList([TemporalLayer(width) for _ in range(1 if shared else layers)])
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, size)

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        """Return the noise, shaped as the noised points."""
        told = self.time(sinusoids(times, self.width))
        stream = self.into(noised)
        for number in range(self.passes):
            stream = self.layers[number % len(self.layers)](stream, told)
        noise: Tensor = self.out(self.norm(stream))
        return noise


class TemporalLayer(nn.Module):
    """Norm, leaky ReLU, linear; the projected timestep is added; the same once more; then the skip connection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.LayerNorm(width), nn.LeakyReLU(SLOPE), nn.Linear(width, width, bias=False))
        self.told = nn.Linear(width, width)
        self.second = nn.Sequential(nn.LayerNorm(width), nn.LeakyReLU(SLOPE), nn.Linear(width, width, bias=False))

    def forward(self, stream: Tensor, told: Tensor) -> Tensor:
        """Return the stream [..., T, width] after the layer; what is told of timesteps is [T, width] or [1, width]."""
        return torch.add(stream, self.second(self.first(stream) + self.told(told)))
