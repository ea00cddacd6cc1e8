"""A small denoiser for small images: residual blocks on the pixels as a vector."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PERIODS = 10_000.0
"""The longest period of the timestep's embedding, as in Ho et al. 2020."""


class MLP(nn.Module):
    """Maps noised images [B, C, H, W] of one shape and timesteps [B] to the noise in them.

    Args:
        shape: of an image, [C, H, W].
        width: of the residual stream and of the timestep's embedding, even.
        blocks: how many residual blocks there are.
    """

    def __init__(self, shape: Sequence[int], width: int, blocks: int) -> None:
        super().__init__()
        size = math.prod(shape)
        self.width = width
        self.time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.into = nn.Linear(size, width)
        self.blocks = nn.ModuleList([Block(width) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, size)

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        """Return the noise [B, C, H, W]."""
        time = self.time(sinusoids(times, self.width))
        stream = self.into(noised.flatten(1))
        for block in self.blocks:
            stream = block(stream, time)
        noise: Tensor = self.out(self.norm(stream))
        return noise.view_as(noised)


class Block(nn.Module):
    """A residual block: norm, linear, timestep, SiLU, linear."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, width)
        self.time = nn.Linear(width, width)
        self.second = nn.Linear(width, width)

    def forward(self, stream: Tensor, time: Tensor) -> Tensor:
        """Return the stream [B, width] after the block; ``time`` [B, width] is the timestep's embedding."""
        inner: Tensor = self.second(F.silu(self.first(self.norm(stream)) + self.time(time)))
        return stream + inner


def sinusoids(times: Tensor, width: int) -> Tensor:
    """Return the sinusoidal embedding of timesteps [B], as [B, width] floats: sines, then cosines."""
    exponents = torch.arange(width // 2, device=times.device) / (width // 2)
    angles = times[:, None] * PERIODS**-exponents
    return torch.cat([angles.sin(), angles.cos()], dim=1)
