"""Exact nearest neighbours by blocked products: what the neighbour detectors share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .products import products

if TYPE_CHECKING:
    from torch import Tensor

BANK_ROWS = 16_384  # a block of products [B, BANK_ROWS] stays under 70 MB for B = 1,000


def unit(features: Tensor) -> Tensor:
    """Return features [B, D] at unit length; an all-zero vector stays zero."""
    return features / features.norm(dim=1, keepdim=True).clamp(min=1e-12)


def require(k: int, samples: int) -> None:
    """Raise ValueError if there are fewer training samples than neighbours asked for."""
    if k > samples:
        raise ValueError(f"k = {k} is more than the {samples} training samples")


def top_products(queries: Tensor, bank: Tensor, k: int) -> Tensor:
    """Return the k largest inner products [B, k] of queries [B, D] with the bank [N, D], in falling order."""
    import torch

    best = queries.new_empty(len(queries), 0)
    for block in bank.split(BANK_ROWS):
        found = products(queries, block).topk(min(k, len(block)), dim=1, sorted=False).values
        joined = torch.cat([best, found], dim=1)
        best = joined.topk(min(k, joined.shape[1]), dim=1).values
    return best
