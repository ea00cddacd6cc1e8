"""A convolutional denoiser that is told the timestep alone: three resolutions, residual blocks, no attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from suite.diffusion.convolutional import GROUPS, FiLMBlock
from suite.diffusion.mlp import sinusoids


class PlainUNet(nn.Module):
    """Maps noised images [B, C, H, W] and timesteps [B] to the noise in the images.

    Args:
        channels: of an image, whose height and width are multiples of four.
        width: channels at full resolution, a multiple of four; twice as many at a half and at a quarter of it.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.told = told = 4 * width
        self.time = nn.Sequential(nn.Linear(told, told), nn.SiLU(), nn.Linear(told, told), nn.SiLU())
        self.into = nn.Conv2d(channels, width, 3, padding=1)
        self.fine = FiLMBlock(width, width, told)
        self.halve = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.middle = FiLMBlock(2 * width, 2 * width, told)
        self.quarter = nn.Conv2d(2 * width, 2 * width, 3, stride=2, padding=1)
        self.coarse = nn.ModuleList([FiLMBlock(2 * width, 2 * width, told) for _ in range(3)])
        self.from_coarse = FiLMBlock(4 * width, 2 * width, told)
        self.from_middle = FiLMBlock(3 * width, width, told)
        self.norm = nn.GroupNorm(GROUPS, width)
        self.out = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        """Return the noise [B, C, H, W]."""
        told = self.time(sinusoids(times, self.told))
        fine = self.fine(self.into(noised), told)
        middle = self.middle(self.halve(fine), told)
        stream = self.quarter(middle)
        for block in self.coarse:
            stream = block(stream, told)
        stream = self.from_coarse(torch.cat([F.interpolate(stream, scale_factor=2.0), middle], dim=1), told)
        stream = self.from_middle(torch.cat([F.interpolate(stream, scale_factor=2.0), fine], dim=1), told)
        noise: Tensor = self.out(F.silu(self.norm(stream)))
        return noise
