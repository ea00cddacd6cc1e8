"""Plain training on what is left without colour: an oracle that knows what is spurious."""

from __future__ import annotations

from dataclasses import replace

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Learner, LearningData


class Grey(Learner):
    """Plain training on the largest channel of each pixel, which it sees of test images too.

    It says how right a network can be that never sees colour. The channels are normalised alike, or the largest
    one would tell of the colour.
    """

    name = "grey"
    version = "1"
    needs = frozenset({"colour"})
    standing = "reference"
    card = Card(title="Plain training without colour (oracle)", status="baseline")

    def train(self, data: LearningData, context: Context) -> None:
        """Train a fresh network on grey images."""
        pixels = data.pixels.amax(dim=3, keepdim=True).expand_as(data.pixels).contiguous()
        self.network = data.build(context.seed)
        replace(data, pixels=pixels).fit(self.network, context)

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits [B, C] of the largest channel of the images."""
        return super().predict(images.amax(dim=1, keepdim=True).expand_as(images))
