"""LeNet-5 of LeCun et al. 1998 for 28x28 images, with ReLU and max pooling, as it is used today."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LeNet(nn.Module):
    """Two convolutions and two hidden layers; features [N, 84] after ReLU; logits [N, classes]."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(2)
        self.hidden1 = nn.Linear(16 * 5 * 5, 120)
        self.hidden2 = nn.Linear(120, 84)
        self.linear = nn.Linear(84, classes)
        self.feature_info = [{"module": "conv1"}, {"module": "conv2"}]

    def get_classifier(self) -> nn.Linear:
        """Return the linear head, under timm's name for it."""
        return self.linear

    def forward_features(self, x: Tensor) -> Tensor:
        """Map images [N, 1, 28, 28] to feature maps [N, 16, 5, 5]."""
        x = self.pool(torch.relu(self.conv1(x)))
        maps: Tensor = self.pool(torch.relu(self.conv2(x)))
        return maps

    def forward_head(self, maps: Tensor, pre_logits: bool = False) -> Tensor:
        """Map feature maps [N, 16, 5, 5] to features [N, 84] if ``pre_logits``, else to logits [N, classes]."""
        hidden = torch.relu(self.hidden1(maps.flatten(1)))
        features = torch.relu(self.hidden2(hidden))
        logits: Tensor = features if pre_logits else self.linear(features)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Map images [N, 1, 28, 28] to logits [N, classes]."""
        return self.forward_head(self.forward_features(x))
