"""What a quantizer gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Context, Method
from suite.tracks.quantization.spec import Spec
from suite.tracks.quantization.training import TrainingImages

if TYPE_CHECKING:
    from torch import Tensor, nn

TRAINING_FREE, TRAINING, PEER = "training-free", "training", "peer"
"""The leagues."""


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
        `suite.tracks.quantization.fake`. What it really does is measured, and shown where it is not what ``spec`` says.
        Torch's global generator is seeded with the cell's seed.

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
