"""The network of AbeT: a backbone with a cosine head and a learned temperature."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from suite.models.features import linear_head


class AbeTNetwork(nn.Module):
    """Maps images to ``z = cos(w_c, h) / T(h)``, h the penultimate features [N, D] of the backbone.

    ``T(h) = sigmoid(BatchNorm(a.h + b)) + 1e-12``, so D + 3 weights more; the norms in the cosine have 1e-4 added.
    Class weights [C, D] are Kaiming-normal. The backbone's own head is not used.
    """

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        head = linear_head(backbone)
        self.backbone: Any = backbone  # timm's, with methods that torch's types do not know
        self.weight = nn.Parameter(nn.init.kaiming_normal_(torch.empty(head.out_features, head.in_features)))
        self.temperature_head = nn.Sequential(nn.Linear(head.in_features, 1), nn.BatchNorm1d(1))

    def features(self, images: Tensor) -> Tensor:
        """Return the penultimate features [N, D] of images [N, channels, height, width]."""
        maps = self.backbone.forward_features(images)
        features: Tensor = self.backbone.forward_head(maps, pre_logits=True)
        return features

    def cosines(self, features: Tensor) -> Tensor:
        """Return the cosines [N, C] of features [N, D] with the class weights."""
        return lengthless(features) @ lengthless(self.weight).T

    def temperature(self, features: Tensor) -> Tensor:
        """Return the temperatures [N, 1] of features [N, D], in (0, 1]."""
        temperature: Tensor = self.temperature_head(features).sigmoid() + 1e-12
        return temperature

    def forward(self, images: Tensor) -> Tensor:
        """Return z [N, C]."""
        features = self.features(images)
        return self.cosines(features) / self.temperature(features)


def lengthless(vectors: Tensor) -> Tensor:
    """Return vectors [N, D] over their norms plus 1e-4."""
    lengths: Tensor = vectors.norm(dim=1, keepdim=True)
    return vectors / (lengths + 1e-4)
