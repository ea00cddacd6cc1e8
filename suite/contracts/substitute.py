"""A network of the user's own in the place of a task's reference model."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from suite.contracts.ingredient import Ingredient

NETWORK = "network"
"""The axis of settings that says which network was asked; settings without it are about the task's own."""
STANDARD = "standard"
"""What the axis calls the task's own network, where it stands beside others."""


class Substitute(Ingredient):
    """A network that stands in for a task's reference model. Its cells are about another question than the task's.

    Attributes:
        name: the value of the axis `NETWORK` in settings.
    """

    kind = "model"

    @property
    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """What answers depend on, as plain data: architecture, arguments, transform, sha256 of the weights."""

    @property
    @abstractmethod
    def about(self) -> str:
        """The same in one line."""

    @property
    def facts(self) -> dict[str, str]:
        """What a cell says of it beside its scores."""
        return {NETWORK: self.about}
