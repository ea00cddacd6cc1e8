"""Views of images: weaker and stronger ones, and turned ones, which are of no class."""

from __future__ import annotations

import torch
from torch import Tensor

TURNS = 4


def views(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Return two random views of images [B, C, H, W], each turned by 0, 90, 180 and 270 degrees [2, 4, B, C, H, W].

    A view is shifted by up to an eighth of the side times ``strength``, with edges repeated, and its values are
    multiplied by a number that lies within ``strength / 4`` of 1.
    """
    drawn = torch.stack([_view(images, strength, generator) for _ in range(2)])
    return torch.stack([drawn.rot90(turn, dims=(-2, -1)) for turn in range(TURNS)], dim=1)


def _view(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    count, channels, height, width = images.shape
    reach = max(1, round(strength * height / 8))
    padded = torch.nn.functional.pad(images, (reach,) * 4, mode="replicate")
    shift = torch.randint(2 * reach + 1, (2, count), generator=generator).to(images.device)
    rows = shift[0][:, None] + torch.arange(height, device=images.device)
    columns = shift[1][:, None] + torch.arange(width, device=images.device)
    places = torch.arange(count, device=images.device)[:, None, None, None]
    of = torch.arange(channels, device=images.device)[None, :, None, None]
    moved = padded[places, of, rows[:, None, :, None], columns[:, None, None, :]]
    factor = 1 + strength / 4 * (2 * torch.rand(count, generator=generator) - 1)
    return moved * factor.to(images.device)[:, None, None, None]
