"""A small convolutional network for 8x8 images."""

from __future__ import annotations

from itertools import islice

from torch import Tensor, nn


class SmallCNN(nn.Module):
    """Two convolutions and a hidden layer; features [N, width] after ReLU; logits [N, classes]."""

    def __init__(self, classes: int, width: int = 128, channels: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, width),
            nn.ReLU(),
        )
        self.linear = nn.Linear(width, classes)
        self.feature_info = [{"module": f"body.{layer}"} for layer in (1, 3)]

    def get_classifier(self) -> nn.Linear:
        """Return the linear head, under timm's name for it."""
        return self.linear

    def forward_features(self, x: Tensor) -> Tensor:
        """Map images [N, channels, 8, 8] to feature maps [N, 32, 4, 4]."""
        for layer in islice(self.body, 4):
            x = layer(x)
        return x

    def forward_head(self, maps: Tensor, pre_logits: bool = False) -> Tensor:
        """Map feature maps [N, 32, 4, 4] to features [N, width] if ``pre_logits``, else to logits [N, classes]."""
        for layer in islice(self.body, 4, None):
            maps = layer(maps)
        logits: Tensor = maps if pre_logits else self.linear(maps)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Map images [N, channels, 8, 8] to logits [N, classes]."""
        return self.forward_head(self.forward_features(x))
