"""Convolutions as matrix products: the rows that meet the flattened weight, and their second moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from suite.tracks.quantization import fake

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 64
"""How many inputs are multiplied at a time."""


def hessians(layer: fake.QuantLayer, inputs: Tensor) -> Tensor:
    """Return ``2 X X'`` [groups, K, K] in float64; K is the columns of the layer's weight [D_out, K], flattened.

    Args:
        layer: linear, with one group, or a convolution.
        inputs: [N, ..., D_in], or [N, C_in, H, W] of a convolution, which sees them patch by patch.
    """
    import torch

    total = torch.zeros((), dtype=torch.float64, device=inputs.device)
    for part in torch.split(inputs, BATCH):
        patches = unfolded(layer, part).double()
        total = total + 2 * patches.mT @ patches
    return total


def unfolded(layer: fake.QuantLayer, x: Tensor) -> Tensor:
    """Return the rows [groups, M, K] by which a layer multiplies its flattened weight.

    Raises:
        ValueError: a convolution pads with something else than zeros, or by name.
    """
    from torch import nn
    from torch.nn import functional as F

    if not isinstance(layer, nn.Conv2d):
        return x.reshape(1, -1, x.shape[-1])
    if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
        raise ValueError(f"convolutions padded by {layer.padding!r} with {layer.padding_mode} cannot be unfolded")
    columns = F.unfold(x, layer.kernel_size, layer.dilation, layer.padding, layer.stride)
    grouped = columns.reshape(len(x), layer.groups, -1, columns.shape[-1])
    return grouped.permute(1, 0, 3, 2).flatten(1, 2)
