"""What a quantizer gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Context, Method
from suite.tracks.quantization.spec import Spec

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from suite.data.transform import Transform
    from suite.models.recipe import Recipe

TRAINING_FREE, TRAINING, PEER = "training-free", "training", "peer"
"""The leagues."""


@dataclass(frozen=True)
class TrainingImages:
    """Labelled training images for a method of the league ``training``.

    Attributes:
        pixels: uint8 [N, size, size, channels], on the CPU.
        labels: int64 [N].
        transform: its ``normalise`` turns pixels into the network's input.
        recipe: how the reference model was trained, or None; its augmentation is used here too.
    """

    pixels: Tensor
    labels: Tensor
    transform: Transform
    recipe: Recipe | None
    device: str = "cpu"

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images [B, C, H, W], labels [B]) of one epoch in random order, augmented as the recipe says."""
        import torch

        order = torch.randperm(len(self), generator=generator)
        for rows in torch.split(order, size):
            pixels = self.pixels[rows]
            if self.recipe is not None:
                pixels = self.recipe.augmented(pixels, generator)
            yield self.transform.normalise(pixels.to(self.device)), self.labels[rows].to(self.device)

    def plain(self, rows: Tensor | slice) -> Tensor:
        """Return images [B, C, H, W] as they are, by row number."""
        return self.transform.normalise(self.pixels[rows].to(self.device))


@dataclass(frozen=True)
class Calibration:
    """What there is to calibrate on.

    Attributes:
        images: [N, C, H, W], normalised, on the device: the seed's random draw from the training split.
        training: what methods of the league ``training`` may train on; None for all others.
    """

    images: Tensor
    training: TrainingImages | None = None


class Quantizer(Method, ABC):
    """A method that needs calibration images alone. Derive from this, declare name, version and card."""

    track = "quantization"
    league = TRAINING_FREE

    @abstractmethod
    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the quantized model; ``model``, a copy in evaluation mode, may be changed and returned.

        It maps images [N, C, H, W] to logits as before, in float32 arithmetic on values that integers stand for; see
        `suite.quantization`. What it really does is measured, and shown where it is not what ``spec`` says. Torch's
        global generator is seeded with the cell's seed.

        Raises:
            ValueError: the method cannot do what ``spec`` asks for, and says why.
        """


class TrainedQuantizer(Quantizer):
    """A method that trains: ``calibration.training`` is there, and `epochs` says how often it is passed over."""

    league = TRAINING

    @property
    @abstractmethod
    def epochs(self) -> float:
        """Passes over the training images."""
