"""Captions: sets of tokens, the vectors that a denoiser is told of them, and denoisers that are told them."""

from __future__ import annotations

from typing import ClassVar, Protocol

import torch
from torch import Tensor, nn

ABSENT = -1
"""Fills a caption up where it has fewer tokens than others."""


class CaptionEmbedding(nn.Module):
    """The sum of the vectors of a caption's tokens, and a learned vector for no caption at all.

    Args:
        tokens: how many there are.
        width: of a vector.
    """

    def __init__(self, tokens: int, width: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding(tokens, width)
        self.null = nn.Parameter(torch.randn(width))

    def forward(self, captions: Tensor) -> Tensor:
        """Return conditions [B, width] of captions [B, L], int64, of which `ABSENT` tokens do not count."""
        present = (captions != ABSENT)[:, :, None]
        summed: Tensor = (self.vectors(captions.clamp(min=0)) * present).sum(dim=1)
        return summed

    def unconditional(self, count: int) -> Tensor:
        """Return the condition that says nothing, ``count`` times [count, width]."""
        return self.null.expand(count, -1)


class Embedding(Protocol):
    """Makes conditions."""

    def __call__(self, captions: Tensor) -> Tensor:
        """Return conditions [B, ...] of captions [B, L], int64, of which `ABSENT` tokens do not count."""

    def unconditional(self, count: int) -> Tensor:
        """Return the condition that says nothing, ``count`` times [count, ...]."""


class Captioned(nn.Module):
    """Base of networks that map noised images [B, C, H, W], timesteps [B] and conditions [B, D] to noise [B, C, H, W].

    Attributes:
        captions: makes conditions of captions.
        attends: whether it takes, behind the conditions [B, L, D], a `suite.diffusion.guidance.Attention` to them.
    """

    captions: Embedding
    attends: ClassVar[bool] = False
