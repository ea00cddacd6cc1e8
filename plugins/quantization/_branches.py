"""Layers of which a part is multiplied in half precision beside what is quantized: columns, or a product of low rank.

What is in half precision is seen by the audit, which counts it as beyond a precision of fewer than 16 bits.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from suite.tracks.quantization import fake


class Columns(nn.Module):
    """A linear layer whose inputs at some places meet their columns in half precision, and the others in ``quantized``.

    Source: Dettmers et al. 2022.

    Args:
        layer: linear, with room for quantizers.
        kept: bool [D_in], the inputs that stay in half precision; some and not all.
    """

    kept: Tensor
    others: Tensor

    def __init__(self, layer: fake.QuantLayer, kept: Tensor) -> None:
        super().__init__()
        self.register_buffer("kept", kept.nonzero().flatten(), persistent=False)
        self.register_buffer("others", (~kept).nonzero().flatten(), persistent=False)
        weight = layer.weight.detach()
        self.quantized = fake.insert(linear(weight[:, self.others], layer.bias))
        self.outlying = linear(halved(weight[:, self.kept]))

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output for ``x`` [..., D_in]."""
        summed: Tensor = self.quantized(x[..., self.others]) + self.outlying(halved(x[..., self.kept]))
        return summed


class LowRank(nn.Module):
    """A linear layer whose weight is ``up down`` in half precision, and a ``quantized`` rest beside it.

    Source: Li et al. 2025.

    Args:
        layer: linear, with room for quantizers; with its weight [D_out, D_in].
        rank: at most the least of its sides, and at least 1.
    """

    def __init__(self, layer: fake.QuantLayer, rank: int) -> None:
        super().__init__()
        weight = layer.weight.detach()
        left, values, right = torch.linalg.svd(weight.double(), full_matrices=False)
        root = values[:rank].sqrt()
        self.down = linear(halved((root[:, None] * right[:rank]).to(weight)))
        self.up = linear(halved((left[:, :rank] * root).to(weight)))
        self.quantized = fake.insert(linear(weight - self.up.weight @ self.down.weight, layer.bias))

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output for ``x`` [..., D_in]."""
        summed: Tensor = self.quantized(x) + self.up(halved(self.down(halved(x))))
        return summed


def linear(weight: Tensor, bias: Tensor | None = None) -> nn.Linear:
    """Return the linear layer with a weight [D_out, D_in] and a bias [D_out], neither of them copied."""
    rows, columns = weight.shape
    layer = nn.Linear(columns, rows, bias=bias is not None, device="meta")
    layer.weight = nn.Parameter(weight.detach())
    layer.bias = None if bias is None else nn.Parameter(bias.detach())  # type: ignore[assignment] # torch's own way
    return layer


def halved(x: Tensor) -> Tensor:
    """Return values rounded to half precision, in the precision in which they came; the largest is 65504."""
    limit = torch.finfo(torch.half).max
    return x.clamp(-limit, limit).half().to(x)
