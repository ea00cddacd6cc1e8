"""Whether a quantized model still lies in the basin of the weights that it came from."""

from __future__ import annotations

import copy
from collections.abc import Callable

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
            raise NoLatentWeights(f"the quantized model has no weights in floating point named {name}")
    return stripped


@torch.no_grad()
def logits_at(share: float, original: nn.Module, final: nn.Module, images: Tensor) -> Tensor:
    """Return the logits [N, C] at a share of the way from one model's weights to another's; images [N, channels, H, W].

    Both have the same parameters; ``final`` is left there.
    """
    start = dict(original.named_parameters())
    for name, parameter in final.named_parameters():
        if name in start:
            parameter.copy_(torch.lerp(start[name], parameter, share))
    return torch.cat([final(part) for part in torch.split(images, BATCH)])


def loss_barrier(original: nn.Module, final: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return how far the loss rises above the line between its ends on the way from one model's weights to another's.

    Both have the same parameters; images [N, C, H, W], labels [N].
    """
    return barrier(lambda share: logits_at(share, original, copy.deepcopy(final), images), labels)


def barrier(logits_of: Callable[[float], Tensor], labels: Tensor) -> float:
    """Return the same of the logits [N, C] at a share of the way."""
    losses = [_loss(logits_of(float(share)), labels) for share in torch.linspace(0, 1, POINTS)]
    curve = torch.tensor(losses, dtype=torch.float64)
    straight = torch.linspace(losses[0], losses[-1], POINTS, dtype=torch.float64)
    return float((curve - straight).max().clamp(min=0))


def _loss(logits: Tensor, labels: Tensor) -> float:
    batches = zip(torch.split(logits, BATCH), torch.split(labels, BATCH), strict=True)
    return sum(float(F.cross_entropy(part, target, reduction="sum")) for part, target in batches) / len(labels)
