"""Reference networks that start with one channel of their layer norms many times as large as the others.

Language models come to such channels by themselves: a few, the same in every layer, tens of times as large as the rest
(Dettmers et al. 2022). The small networks here do not, so theirs starts large, and is trained as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suite.models.reference import ReferenceModel

if TYPE_CHECKING:
    from torch import nn

CHANNEL = 0


@dataclass(frozen=True)
class LargeChannelModel(ReferenceModel):
    """A transformer of timm's, by recipe; ``factor`` is how many times as large the channel is before training."""

    factor: float = 1.0

    def _recipe(self) -> dict[str, Any]:
        return {**super()._recipe(), "large channel": self.factor}

    def _built(self) -> nn.Module:
        network = super()._built()
        enlarge(network, self.factor)
        return network


def enlarge(network: Any, factor: float) -> None:
    """Make a channel of every block's two layer norms ``factor`` times as large, in place; the function stays.

    The columns of the weights that multiply it become as much smaller.

    Args:
        network: timm's, whose blocks have a layer norm before attention and one before the perceptron.
        factor: other than zero.
    """
    import torch

    with torch.no_grad():
        for block in network.blocks:
            for norm, layer in ((block.norm1, block.attn.qkv), (block.norm2, block.mlp.fc1)):
                for vector in (norm.weight, norm.bias):
                    vector[CHANNEL] *= factor
                layer.weight[:, CHANNEL] /= factor
