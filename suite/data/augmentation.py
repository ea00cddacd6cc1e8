"""Random augmentation of training images, on pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor


def augmented(pixels: Tensor, generator: torch.Generator, *, crop_padding: int = 0, flip: bool = False) -> Tensor:
    """Return pixels uint8 [B, height, width, channels], each mirrored and shifted at random.

    Args:
        pixels: [B, height, width, channels].
        generator: of torch, on the CPU.
        crop_padding: pixels of zero padding before a random crop of the original size; 0 means no crop.
        flip: whether to mirror every other image.
    """
    count, height, width, _ = pixels.shape
    if flip:
        mirrored = torch.rand(count, generator=generator).to(pixels.device) < 0.5
        pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
    if crop_padding:
        pad = crop_padding
        padded = torch.nn.functional.pad(pixels, (0, 0, pad, pad, pad, pad))
        shift = torch.randint(2 * pad + 1, (2, count), generator=generator).to(pixels.device)
        rows = shift[0][:, None] + torch.arange(height, device=pixels.device)
        columns = shift[1][:, None] + torch.arange(width, device=pixels.device)
        which = torch.arange(count, device=pixels.device)[:, None, None]
        pixels = padded[which, rows[:, :, None], columns[:, None, :]]
    return pixels
