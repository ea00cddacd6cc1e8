"""Running the network over many images in passes of bounded memory: what the detectors that need images share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from suite.lazy import torch
from suite.tracks.ood import Images

PIXELS = 2**19  # in a pass: 512 images of 32x32, 10 of 224x224; a ResNet with gradients takes about 2 GB for either


def in_passes(function: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor) -> torch.Tensor:
    """Return a function of images [B, channels, height, width], called with as many at a time as memory allows."""
    return torch.cat([function(part) for part in torch.split(images, _per_pass(images))])


def passes(images: Images, rows: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield (rows, images) for the images of a set in rising rows [N], a pass at a time."""
    for part in torch.split(rows, _per_pass(images[0:1])):
        first, last = int(part[0]), int(part[-1])
        if last - first + 1 == len(part):
            yield part, images[first : last + 1]
        else:
            yield part, torch.cat([images[row : row + 1] for row in part.tolist()])


def _per_pass(images: torch.Tensor) -> int:
    height, width = images.shape[-2:]
    return max(1, PIXELS // (height * width))
