"""What a method of test-time adaptation gets and what it must return."""

from __future__ import annotations

from abc import ABC, abstractmethod

from suite.contracts import Context, Method
from suite.lazy import torch


class Adapter(Method, ABC):
    """Adapts a trained network to the test as it arrives, without labels. Declare name, version and card.

    Elsewhere in this track a sample's score must not depend on its batch. Here it does, by design: what a batch is made
    of is what there is to adapt to. What must hold instead: a prediction follows from the network, the seed, and the
    batches up to its own, and the predictions of a batch are in the order of its images.
    """

    track = "ood"
    needs = frozenset({"test stream"})

    @abstractmethod
    def start(self, network: torch.nn.Module, context: Context) -> None:
        """Take the trained network, in evaluation mode on the device; a copy, to do with as one likes.

        Called before each stream: what was learned from another one is forgotten.

        Raises:
            ValueError: the network has not what the method adapts, as batch norm; the run is a recorded failure.
        """

    @abstractmethod
    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits [B, C] of the next batch of the stream, before the next one arrives.

        Images [B, channels, height, width] are normalised and on the device. The last batch of a stream may be smaller.
        """
