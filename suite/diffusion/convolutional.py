"""A small convolutional denoiser that is told a caption: two resolutions, residual blocks, no attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from suite.diffusion.captions import Captioned, CaptionEmbedding
from suite.diffusion.mlp import sinusoids

GROUPS = 4


class CaptionedUNet(Captioned):
    """Maps noised images [B, C, H, W], timesteps [B] and conditions [B, D] to the noise in the images.

    Args:
        channels: of an image, whose height and width are even.
        width: channels at full resolution; twice as many at half of it, and D is four times as wide.
        tokens: how many a caption may be made of.
    """

    def __init__(self, channels: int, width: int, tokens: int) -> None:
        super().__init__()
        told = 4 * width
        self.captions = CaptionEmbedding(tokens, told)
        self.time = nn.Sequential(nn.Linear(told, told), nn.SiLU(), nn.Linear(told, told))
        self.into = nn.Conv2d(channels, width, 3, padding=1)
        self.fine = FiLMBlock(width, width, told)
        self.down = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.coarse = nn.ModuleList([FiLMBlock(2 * width, 2 * width, told) for _ in range(2)])
        self.up = nn.Conv2d(2 * width, width, 3, padding=1)
        self.joined = FiLMBlock(2 * width, width, told)
        self.norm = nn.GroupNorm(GROUPS, width)
        self.out = nn.Conv2d(width, channels, 3, padding=1)
        self.told = told

    def forward(self, noised: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """Return the noise [B, C, H, W]."""
        told = F.silu(self.time(sinusoids(times, self.told)) + conditions)
        fine = self.fine(self.into(noised), told)
        coarse = self.down(fine)
        for block in self.coarse:
            coarse = block(coarse, told)
        back = self.up(F.interpolate(coarse, size=fine.shape[2:], mode="nearest"))
        stream = self.joined(torch.cat([back, fine], dim=1), told)
        noise: Tensor = self.out(F.silu(self.norm(stream)))
        return noise


class FiLMBlock(nn.Module):
    """A residual block of two convolutions; what is told scales and shifts the channels between them (FiLM)."""

    def __init__(self, into: int, out: int, told: int) -> None:
        super().__init__()
        self.first_norm = nn.GroupNorm(GROUPS, into)
        self.first = nn.Conv2d(into, out, 3, padding=1)
        self.told = nn.Linear(told, 2 * out)
        self.second_norm = nn.GroupNorm(GROUPS, out)
        self.second = nn.Conv2d(out, out, 3, padding=1)
        self.skip = nn.Identity() if into == out else nn.Conv2d(into, out, 1)
        nn.init.zeros_(self.second.weight)

    def forward(self, images: Tensor, told: Tensor) -> Tensor:
        """Return images [B, out, H, W] of images [B, into, H, W] and what is told [B, D]."""
        scale, shift = self.told(told)[:, :, None, None].chunk(2, dim=1)
        inner = self.first(F.silu(self.first_norm(images)))
        inner = self.second(F.silu(torch.addcmul(shift, self.second_norm(inner), 1 + scale)))
        through: Tensor = self.skip(images) + inner
        return through
