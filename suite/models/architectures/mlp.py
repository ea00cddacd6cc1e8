"""A multilayer perceptron on the pixels, as the continual-learning literature uses for MNIST."""

from __future__ import annotations

from torch import Tensor, nn


class MLP(nn.Module):
    """Two hidden layers; features [N, width] after ReLU; logits [N, classes]."""

    def __init__(self, inputs: int = 784, classes: int = 10, width: int = 400) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.linear = nn.Linear(width, classes)
        self.feature_info = [{"module": f"body.{layer}"} for layer in (2, 4)]

    def get_classifier(self) -> nn.Linear:
        """Return the linear head, under timm's name for it."""
        return self.linear

    def forward_features(self, x: Tensor) -> Tensor:
        """Map images [N, C, H, W] to hidden values [N, width]."""
        hidden: Tensor = self.body(x)
        return hidden

    def forward_head(self, maps: Tensor, pre_logits: bool = False) -> Tensor:
        """Return hidden values [N, width] if ``pre_logits``, else logits [N, classes]."""
        logits: Tensor = maps if pre_logits else self.linear(maps)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Map images [N, C, H, W] to logits [N, classes]."""
        return self.forward_head(self.forward_features(x))
