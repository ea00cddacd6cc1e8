"""The network of UniCon-HA: a backbone with a projection at each of its last depths."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from suite.models.features import by_channel, linear_head, stages

from .._neighbours import unit


class ContrastiveNetwork(nn.Module):
    """Maps images to logits; `projected` to unit vectors as well, the deepest last."""

    def __init__(self, backbone: nn.Module, depths: int, width: int, example: Tensor) -> None:
        """Project the outputs of the ``depths - 1`` last stages and the penultimate features to ``width`` numbers.

        ``example`` is one image [1, channels, height, width], of which the sizes are learned.

        Raises:
            ValueError: the backbone has fewer depths.
        """
        super().__init__()
        if depths > (most := len(stages(backbone)) + 1):
            raise ValueError(f"depths = {depths} is more than the {most} that the network has")
        self.backbone, self._stages = backbone, depths - 1
        with torch.no_grad():
            sizes = [output.shape[1] for output in self.eval().outputs(example)[0]]
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(size, width), nn.ReLU(), nn.Linear(width, width)) for size in sizes
        )

    def outputs(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return the outputs of the depths, means over positions [B, D], and the logits [B, C]."""
        caught: list[Tensor] = []
        last = stages(self.backbone)[-self._stages :] if self._stages else []
        hooks = [stage.register_forward_hook(lambda _, __, output: caught.append(output)) for stage in last]
        head = linear_head(self.backbone)
        hooks.append(head.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0])))
        try:
            logits = self.backbone(images)
        finally:
            for hook in hooks:
                hook.remove()
        pooled = [by_channel(output, self.backbone).mean(dim=2) if output.ndim > 2 else output for output in caught]
        return pooled, logits

    def projected(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return a unit vector of each image at each depth [B, width], and the logits [B, C]."""
        pooled, logits = self.outputs(images)
        pairs = zip(self.heads, pooled, strict=True)
        return [unit(head(output)) for head, output in pairs], logits

    def features(self, images: Tensor) -> Tensor:
        """Return the penultimate features as unit vectors [B, D]."""
        return unit(self.outputs(images)[0][-1])

    def forward(self, images: Tensor) -> Tensor:
        """Map images [B, channels, height, width] to logits [B, C]."""
        logits: Tensor = self.backbone(images)
        return logits
