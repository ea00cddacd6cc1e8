"""What the tracks need of a trained network, wherever its weights came from."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from suite.contracts import Ingredient, Resources
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe

if TYPE_CHECKING:
    from torch import nn


class Network(Ingredient):
    """A trained network: a `ReferenceModel` of the suite's own, or a `PretrainedModel` from the hub.

    Attributes:
        architecture: the network without its weights.
        transform: what turns images into its input.
        recipe: how it was trained, where that can be done again.
    """

    kind = "model"
    architecture: Architecture
    transform: Transform
    recipe: Recipe | None

    @abstractmethod
    def load(self, resources: Resources) -> nn.Module:
        """Return the network with its weights, in evaluation mode, on the device.

        Raises:
            Missing: the weights are not at hand.
            SuiteError: they are there but cannot be used.
        """
