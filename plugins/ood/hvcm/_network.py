"""The network of HVCM: a backbone, attributes, and a mixture of Gaussians of them for each class."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from suite.models.features import linear_head


class CategoryNetwork(nn.Module):
    """Maps images to the log densities of C classes, each a mixture of K Gaussians with unit covariance.

    Attributes [N, A] are a linear map of the backbone's penultimate features [N, D]. Means are [C, K, A]; ``weights``
    [C, K] are the mixtures' before their softmax. The backbone's own head is not used.
    """

    def __init__(self, backbone: nn.Module, components: int, attributes: int) -> None:
        super().__init__()
        head = linear_head(backbone)
        self.backbone: Any = backbone  # timm's, with methods that torch's types do not know
        self.projection = nn.Linear(head.in_features, attributes)
        self.means = nn.Parameter(torch.randn(head.out_features, components, attributes))
        self.weights = nn.Parameter(torch.zeros(head.out_features, components))

    def features(self, images: Tensor) -> Tensor:
        """Return the penultimate features [N, D] of images [N, channels, height, width]."""
        maps = self.backbone.forward_features(images)
        features: Tensor = self.backbone.forward_head(maps, pre_logits=True)
        return features

    def densities(self, attributes: Tensor) -> Tensor:
        """Return the log densities [N, C] of attributes [N, A], without the constant that all share."""
        squares = (attributes[:, None, None] - self.means).square().sum(dim=3)
        mixed: Tensor = (self.weights.log_softmax(dim=1) - squares / 2).logsumexp(dim=2)
        return mixed

    def forward(self, images: Tensor) -> Tensor:
        """Return the log densities [N, C]."""
        return self.densities(self.projection(self.features(images)))
