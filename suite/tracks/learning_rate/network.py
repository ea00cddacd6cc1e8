"""Scale-invariant networks: N of them at once, each a row of one tensor of weights [N, P].

Every layer of weights is followed by a normalisation without parameters; the last layer is fixed, without bias, of
Frobenius norm 10. So logits depend on the direction of a row alone, up to the normalisation's epsilon.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.learning_rate.normalisation import Normalisation

HEAD_NORM = 10.0


class SphereNetwork(ABC):
    """An architecture.

    Attributes:
        shapes: of the layers of weights, the outputs first; ``features``: how many go into the last layer.
        classes: how many; ``outputs``: of the last layer: one for two classes.
        normalises_batches: whether statistics are those of a batch, and are gathered anew before a network is asked.
    """

    normalises_batches: ClassVar[bool]
    shapes: tuple[tuple[int, ...], ...]
    features: int
    classes: int

    @property
    def outputs(self) -> int:
        """How many numbers come from the last layer."""
        return 1 if self.classes == 2 else self.classes

    def start(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return weights [P] and the last layer [features, outputs], uniform in +-1/sqrt(inputs) as torch does."""
        layers = [self._uniform(shape, prod(shape[1:]), generator).flatten() for shape in self.shapes]
        head = self._uniform((self.features, self.outputs), self.features, generator)
        return torch.cat(layers), head * HEAD_NORM / head.norm()

    def logits(self, weights: Tensor, heads: Tensor, inputs: Tensor, normalisation: Normalisation) -> Tensor:
        """Return the logits [N, B, classes] of networks [N, P] with ``heads`` [N, features, outputs]."""
        sizes = [prod(shape) for shape in self.shapes]
        layers = [part.unflatten(1, shape) for part, shape in zip(weights.split(sizes, 1), self.shapes, strict=True)]
        answers = torch.bmm(self.last_features(layers, inputs, normalisation), heads)
        return answers if self.outputs > 1 else torch.cat((torch.zeros_like(answers), answers), dim=2)

    @abstractmethod
    def last_features(self, layers: list[Tensor], inputs: Tensor, normalisation: Normalisation) -> Tensor:
        """Return what goes into the last layer [N, B, features] for inputs [B, ...]; ``layers`` are [N, ...]."""

    @staticmethod
    def _uniform(shape: tuple[int, ...], inputs: int, generator: torch.Generator) -> Tensor:
        uniform: Tensor = (2 * torch.rand(shape, generator=generator) - 1) / inputs**0.5
        return uniform


class MLP(SphereNetwork):
    """Two hidden layers of ``width``, each with LayerNorm (epsilon 1e-7) and ReLU; two classes."""

    normalises_batches = False
    classes = 2

    def __init__(self, inputs: int, width: int) -> None:
        self.shapes, self.features = ((width, inputs), (width, width)), width

    @override
    def last_features(self, layers: list[Tensor], inputs: Tensor, normalisation: Normalisation) -> Tensor:
        hidden = inputs.expand(len(layers[0]), -1, -1)
        for layer in layers:
            hidden = torch.bmm(hidden, layer.transpose(1, 2))
            hidden = torch.nn.functional.layer_norm(hidden, (self.features,), eps=1e-7).relu()
        return hidden


class ConvNet(SphereNetwork):
    """Convolutions 3x3 of width, 2 width, ... each with batch norm and ReLU, all but the first with 2x2 max pooling.

    With depth 4 and 32 channels at first it is the authors' ConvNet-SI.
    """

    normalises_batches = True

    def __init__(self, channels: int, width: int, depth: int, classes: int) -> None:
        widths = [channels, *(width * 2**layer for layer in range(depth))]
        self.shapes = tuple((out, into, 3, 3) for into, out in pairwise(widths))
        self.features, self.classes = widths[-1], classes

    @override
    def last_features(self, layers: list[Tensor], inputs: Tensor, normalisation: Normalisation) -> Tensor:
        hidden = normalisation(convolved(inputs, layers[0], groups=1)).relu()
        for layer in layers[1:]:
            hidden = torch.nn.functional.max_pool2d(normalisation(convolved(hidden, layer)).relu(), 2)
        return of_networks(hidden.amax((2, 3)), len(layers[0]))


class ResNet18(SphereNetwork):
    """Pre-activation ResNet-18 with another batch norm in each shortcut that samples down; the authors' ResNet-18-SI.

    Their shortcut takes what is normalised and rectified, and normalises it again in the blocks that sample down.
    """

    normalises_batches = True

    def __init__(self, channels: int, width: int, classes: int) -> None:
        shapes, into = [(width, channels, 3, 3)], width
        for out in (width, width, *(width * 2**stage for stage in (1, 1, 2, 2, 3, 3))):
            shapes += [(out, into, 3, 3), (out, out, 3, 3), *([(out, into, 1, 1)] if out != into else [])]
            into = out
        self.shapes, self.features, self.classes = tuple(shapes), into, classes

    @override
    def last_features(self, layers: list[Tensor], inputs: Tensor, normalisation: Normalisation) -> Tensor:
        rest = iter(layers)
        hidden = convolved(inputs, next(rest), groups=1)
        for first in rest:
            second, down = next(rest), first.shape[1] != first.shape[2]
            active = normalisation(hidden).relu()
            short = convolved(normalisation(active), next(rest), stride=2) if down else hidden
            inner = normalisation(convolved(active, first, stride=1 + down)).relu()
            hidden = convolved(inner, second) + short
        return of_networks(normalisation(hidden).relu().mean((2, 3)), len(layers[0]))


def convolved(inputs: Tensor, layer: Tensor, stride: int = 1, groups: int = 0) -> Tensor:
    """Convolve inputs [B, N C, H, W], or [B, C, H, W] in one group for all networks, with ``layer`` [N, O, ...]."""
    flat, groups = layer.flatten(0, 1), groups or len(layer)
    answer: Tensor = torch.nn.functional.conv2d(inputs, flat, None, stride, flat.shape[-1] // 2, groups=groups)
    return answer


def of_networks(features: Tensor, networks: int) -> Tensor:
    """Return features [B, N D] as [N, B, D]."""
    parts: Tensor = features.unflatten(1, (networks, -1))
    return parts.transpose(0, 1)
