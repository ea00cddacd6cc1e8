"""The objective of UniCon-HA: images gather at their class, turned ones each at itself."""

from __future__ import annotations

import torch
from torch import Tensor

from .._neighbours import unit


def aggregation(vectors: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Return the loss of unit vectors of two views, each turned R times [2, R, B, D], whose first turn is none.

    Positives of an image as it is are all views of its class that are not turned, each weighted by its cosine with the
    mean of its class, at least 0 (the soft mechanism). The only positive of a turned image is its other view, turned
    alike. All other vectors are negatives of both (Khosla et al. 2020; Chen et al. 2020).
    """
    count, turns, batch, _ = vectors.shape
    flat = vectors.flatten(0, 2)
    likeness = (flat @ flat.T / temperature).fill_diagonal_(-torch.inf)
    logs = likeness - likeness.logsumexp(dim=1, keepdim=True)
    places = torch.arange(len(flat), device=flat.device).view(count, turns, batch)
    inside, turned = places[:, 0].flatten(), places[:, 1:]
    other = turned.flip(0)
    apart = -logs[turned.flatten(), other.flatten()].mean()
    known = labels.repeat(count)
    same = (known[:, None] == known) & ~torch.eye(len(known), dtype=torch.bool, device=flat.device)
    weights = same * weight(flat[inside].detach(), same)
    of_inside = logs[inside][:, inside].masked_fill(~same, 0.0)
    together = -(weights * of_inside).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-6)
    return together.mean() + apart


def weight(vectors: Tensor, same: Tensor) -> Tensor:
    """Return each unit vector's cosine [N], at least 0, with the mean of those of its class, by [N, N] of [N, D]."""
    means = unit(same.to(vectors.dtype) @ vectors)
    return (vectors * means).sum(dim=1).clamp(min=0)
