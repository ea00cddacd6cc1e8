"""Features on the unit sphere, and enough of them: what the neighbour detectors share."""

from __future__ import annotations

from suite.lazy import torch


def unit(features: torch.Tensor) -> torch.Tensor:
    """Return features [B, D] at unit length; an all-zero vector stays zero."""
    lengths: torch.Tensor = features.norm(dim=1, keepdim=True)
    return features / lengths.clamp(min=1e-12)


def require(k: int, samples: int) -> None:
    """Raise ValueError if there are fewer training samples than neighbours asked for."""
    if k > samples:
        raise ValueError(f"k = {k} is more than the {samples} training samples")
