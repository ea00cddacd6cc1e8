"""Exact nearest neighbours by blocked products: what the neighbour detectors share."""

from __future__ import annotations

from suite.lazy import torch

from ._matmul import matmul

GROUP = 16
BANK_ROWS = 16_384  # a block of products [B, BANK_ROWS] stays under 70 MB for B = 1,000


def unit(features: torch.Tensor) -> torch.Tensor:
    """Return features [B, D] at unit length; an all-zero vector stays zero."""
    lengths: torch.Tensor = features.norm(dim=1, keepdim=True)
    return features / lengths.clamp(min=1e-12)


def require(k: int, samples: int) -> None:
    """Raise ValueError if there are fewer training samples than neighbours asked for."""
    if k > samples:
        raise ValueError(f"k = {k} is more than the {samples} training samples")


def top_products(queries: torch.Tensor, bank: torch.Tensor, k: int) -> torch.Tensor:
    """Return the k largest inner products [B, k] of queries [B, D] with the bank [N, D], in falling order."""
    best = queries.new_empty(len(queries), 0)
    for block in torch.split(bank, BANK_ROWS):
        largest = _largest(matmul(queries, block), min(k, len(block)))
        joined = torch.cat([best, largest], dim=1)
        best = joined.topk(min(k, joined.shape[1]), dim=1).values
    return best


def _largest(values: torch.Tensor, k: int) -> torch.Tensor:
    """Return the k largest of each row [B, k] of values [B, N], in any order.

    No more than k groups can hold them: those with the largest maxima, which are found in one cheap pass.
    """
    width = values.shape[1]
    grouped = width // GROUP
    if k >= grouped // 2:
        return values.topk(k, dim=1, sorted=False).values
    groups = values[:, : grouped * GROUP].view(len(values), GROUP, grouped)  # a group is a column: fast to reduce
    best = groups.amax(dim=1).topk(k, dim=1, sorted=False).indices
    inside = groups.gather(2, best.unsqueeze(1).expand(-1, GROUP, -1)).flatten(1)
    candidates = torch.cat([inside, values[:, grouped * GROUP :]], dim=1)
    return candidates.topk(k, dim=1, sorted=False).values
