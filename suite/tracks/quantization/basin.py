"""Whether a quantized model still lies in the basin of the weights that it came from."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from suite.tracks.quantization.fake.layers import QuantLayer, remove

POINTS = 11
"""On the line between two models, its ends among them."""
BATCH = 128


class NoLatentWeights(ValueError):
    """A model is of layers that the suite cannot take quantizers out of."""


def latent(model: nn.Module, original: nn.Module, *, keep_weights: bool) -> nn.Module:
    """Return a copy of a quantized model without quantizers and compensations.

    With ``keep_weights`` it has the floats behind the quantizers, otherwise the weights in use.

    Raises:
        NoLatentWeights: it does not have the original's parameters then.
    """
    stripped = copy.deepcopy(model)
    if any(isinstance(module, QuantLayer) for module in stripped.modules()):
        remove(stripped, keep_weights=keep_weights)
    floats = dict(stripped.named_parameters())
    for name, tensor in original.named_parameters():
        # A tensor of a class of its own, as libraries pack integers, is no float that could be gone back from.
        if name not in floats or floats[name].shape != tensor.shape or type(floats[name]) is not nn.Parameter:
            raise NoLatentWeights(f"the quantized model has no floats under the name {name}")
    return stripped


@torch.no_grad()
def loss_barrier(original: nn.Module, final: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return how far the loss rises above the line between its ends on the way from one model's weights to another's.

    Both have the same parameters; images [N, C, H, W], labels [N].
    """
    path = copy.deepcopy(final)
    start, end = dict(original.named_parameters()), dict(final.named_parameters())
    losses = []
    for share in torch.linspace(0, 1, POINTS):
        for name, parameter in path.named_parameters():
            if name in start:
                parameter.copy_(torch.lerp(start[name], end[name], float(share)))
        losses.append(_loss(path, images, labels))
    curve = torch.tensor(losses, dtype=torch.float64)
    straight = torch.linspace(losses[0], losses[-1], POINTS, dtype=torch.float64)
    return float((curve - straight).max().clamp(min=0))


def _loss(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    batches = zip(torch.split(images, BATCH), torch.split(labels, BATCH), strict=True)
    total = sum(float(F.cross_entropy(model(part), target, reduction="sum")) for part, target in batches)
    return total / len(labels)
