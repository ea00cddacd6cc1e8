"""ResNet-18 for 32x32 images: a 3x3 stem without pooling, as OpenOOD trains it on CIFAR-10 and CIFAR-100."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions; where the shape changes, a 1x1 convolution as shortcut (option B of He et al. 2015)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, inputs, H, W] to [N, outputs, H / stride, W / stride]."""
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.downsample(x))


class ResNet18For32(nn.Module):
    """Stages of width 64 to 512; global average pooling; features [N, 512]; logits [N, classes]."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        widths = (64, 64, 128, 256, 512)
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            nn.Sequential(BasicBlock(inputs, outputs, stride), BasicBlock(outputs, outputs, 1))
            for inputs, outputs, stride in zip(widths, widths[1:], (1, 2, 2, 2), strict=False)
        )
        self.fc = nn.Linear(512, classes)
        self.feature_info = [{"module": f"layer{stage}"} for stage in (1, 2, 3, 4)]

    def get_classifier(self) -> nn.Linear:
        """Return the linear head, under timm's name for it."""
        return self.fc

    def forward_features(self, x: Tensor) -> Tensor:
        """Map images [N, 3, 32, 32] to feature maps [N, 512, 4, 4]."""
        x = torch.relu(self.bn1(self.conv1(x)))
        maps: Tensor = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return maps

    def forward_head(self, maps: Tensor, pre_logits: bool = False) -> Tensor:
        """Map feature maps [N, 512, H, W] to features [N, 512] if ``pre_logits``, else to logits [N, classes]."""
        features = maps.mean(dim=(2, 3))
        logits: Tensor = features if pre_logits else self.fc(features)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Map images [N, 3, 32, 32] to logits [N, classes]."""
        return self.forward_head(self.forward_features(x))
