"""Running the network over many images in passes of bounded memory: what the detectors that need images share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from suite.tracks.ood import Images

if TYPE_CHECKING:
    from torch import Tensor

PIXELS = 2**19  # in a pass: 512 images of 32x32, 10 of 224x224; a ResNet with gradients takes about 2 GB for either


def in_passes(function: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """Return a function of images [B, channels, height, width], called with as many at a time as memory allows."""
    import torch

    return torch.cat([function(part) for part in images.split(_per_pass(images))])


def passes(images: Images) -> Iterator[tuple[slice, Tensor]]:
    """Yield (rows, images) for all images of a set, from first to last."""
    step = _per_pass(images[0:1])
    for start in range(0, len(images), step):
        rows = slice(start, min(start + step, len(images)))
        yield rows, images[rows]


def _per_pass(images: Tensor) -> int:
    height, width = images.shape[-2:]
    return max(1, PIXELS // (height * width))
