"""What the detectors that reshape activations share: percentiles of large arrays, pruning per sample."""

from __future__ import annotations

from suite.lazy import torch


def percentile(values: torch.Tensor, percent: float) -> float:
    """Return a percentile over all entries, interpolated linearly; torch's own stops at 16 million entries."""
    import numpy as np

    return float(np.percentile(values.detach().cpu().numpy(), percent))


def largest(features: torch.Tensor, pruned: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values and places [B, k] of each sample's largest activations, leaving out ``pruned`` per cent of D.

    Raises:
        ValueError: nothing would be left.
    """
    width = features.shape[1]
    kept = width - round(width * pruned / 100)
    if kept < 1:
        raise ValueError(f"pruning {pruned} % of {width} activations leaves none")
    return features.topk(kept, dim=1)


def ratio(whole: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """Return sum / sum over the kept part [B]; 1 where nothing fires, which peers turn into NaN."""
    return torch.where(part > 0, whole / part.clamp(min=1e-30), torch.ones_like(whole))
