"""A small denoiser that is told a caption: residual blocks on the pixels as a vector."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor, nn

from suite.diffusion.captions import Captioned, CaptionEmbedding
from suite.diffusion.mlp import Block, sinusoids


class CaptionedMLP(Captioned):
    """Maps noised images [B, C, H, W] of one shape, timesteps [B] and conditions [B, D] to the noise in the images.

    Args:
        shape: of an image, [C, H, W].
        width: of the residual stream, of the timestep's embedding and of conditions, even.
        blocks: how many residual blocks there are.
        tokens: how many a caption may be made of.
    """

    def __init__(self, shape: Sequence[int], width: int, blocks: int, tokens: int) -> None:
        super().__init__()
        size = math.prod(shape)
        self.width = width
        self.captions = CaptionEmbedding(tokens, width)
        self.time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.told = nn.SiLU()
        self.into = nn.Linear(size, width)
        self.blocks = nn.ModuleList([Block(width) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, size)

    def forward(self, noised: Tensor, times: Tensor, conditions: Tensor) -> Tensor:
        """Return the noise [B, C, H, W]."""
        told = self.told(self.time(sinusoids(times, self.width)) + conditions)
        stream = self.into(noised.flatten(1))
        for block in self.blocks:
            stream = block(stream, told)
        noise: Tensor = self.out(self.norm(stream))
        return noise.view_as(noised)
