"""What a quantizer gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suite.contracts import Access, Context, Method
from suite.tracks.quantization.spec import Spec
from suite.tracks.quantization.training import TrainingImages

if TYPE_CHECKING:
    from torch import Tensor, nn

TRAINING = Access(
    "training images", "labelled images of the training split, the same for every seed", privilege=True, on_request=True
)


@dataclass(frozen=True)
class Calibration:
    """What there is to calibrate on.

    Attributes:
        images: [N, C, H, W], normalised, on the device: the seed's random draw from the training split.
        training: what methods that need training images may train on; None for all others.
    """

    images: Tensor
    training: TrainingImages | None = None

    @property
    def training_images(self) -> TrainingImages:
        """What there is to train on.

        Raises:
            ValueError: nothing was given.
        """
        if self.training is None:
            raise ValueError("this method trains, but there are no training images")
        return self.training


class Quantizer(Method, ABC):
    """A method that needs calibration images alone. Derive from this, declare name, version and card."""

    track = "quantization"

    @property
    def epochs(self) -> float:
        """Passes over the training images."""
        return 0.0

    @classmethod
    def supports(cls, spec: Spec) -> str:
        """Return why the method cannot do what ``spec`` asks for, whatever the network; an empty string if it can."""
        return ""

    @abstractmethod
    def quantize(self, model: nn.Module, calibration: Calibration, spec: Spec, context: Context) -> nn.Module:
        """Return the quantized model; ``model``, a copy in evaluation mode, may be changed and returned.

        It maps images [N, C, H, W] to logits as before, in float32 arithmetic on values that integers stand for; see
        `suite.tracks.quantization.fake`. What it really does is measured, and shown where it is not what ``spec`` says.
        Torch's global generator is seeded with the cell's seed.

        Raises:
            ValueError: the method cannot quantize this network so, and says why.
        """


class TrainedQuantizer(Quantizer):
    """A method that trains: `Calibration.training_images` is there, and `epochs` says how often it is passed over."""

    needs = frozenset({TRAINING.name})

    @property
    @abstractmethod
    def epochs(self) -> float:
        """Passes over the training images."""
