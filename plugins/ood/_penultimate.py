"""Penultimate features with gradients, by timm's names for the parts of a network."""

from __future__ import annotations

from typing import Any

from suite.lazy import torch


def features_and_logits(network: Any, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what goes into the linear head [B, D], and what comes out [B, C], with gradient if enabled."""
    features = network.forward_head(network.forward_features(images), pre_logits=True)
    return features, network.get_classifier()(features)
