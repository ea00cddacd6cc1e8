"""What the tracks need of a trained network, wherever its weights came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from suite.contracts import Resources
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe

if TYPE_CHECKING:
    from torch import nn


class Network(Protocol):
    """A trained network: a `ReferenceModel` of the suite's own, or a `PretrainedModel` from the hub."""

    @property
    def name(self) -> str:
        """See `Ingredient`."""

    def fingerprint(self, resources: Resources) -> str:
        """See `Ingredient`."""

    @property
    def architecture(self) -> Architecture:
        """The network without its weights."""

    @property
    def transform(self) -> Transform:
        """What turns images into its input."""

    @property
    def recipe(self) -> Recipe | None:
        """How it was trained, where that can be done again."""

    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, in evaluation mode, on the device.

        Raises:
            Missing: the weights are not at hand.
            SuiteError: they are there but cannot be used.
        """
