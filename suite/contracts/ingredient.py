"""Ingredients: what a score depends on besides code, each with a fingerprint of its content."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from suite.contracts.context import Resources


class Missing(Exception):
    """An ingredient is not at hand; the message says where it was looked for."""


class Ingredient(ABC):
    """A data set or a reference model that a task requires. Write `known_fingerprint` and `make`.

    Attributes:
        kind: which of the two it is.
        name: what provenance and messages call it; unique within a task and kind.
        optional: whether the task goes on, with a partial result, when this is missing.
    """

    kind: ClassVar[Literal["data", "model"]]
    name: str
    optional: bool = False

    @abstractmethod
    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the sha256 of the content if it is known without heavy work, else None.

        Raises:
            Missing: it is not at hand.
        """

    @abstractmethod
    def make(self, resources: Resources) -> str:
        """Read the data or train the model, remember its fingerprint, and return it. Called while it is not known.

        Raises:
            Missing: it is not at hand.
        """

    def fingerprint(self, resources: Resources) -> str:
        """Return the sha256 of the content, doing whatever that takes.

        Raises:
            Missing: it is not at hand.
        """
        known = self.known_fingerprint(resources)
        return self.make(resources) if known is None else known

    def lineage(self, resources: Resources) -> str:
        """Return what rows must share to be comparable over seeds; called only once the fingerprint is known.

        That is the fingerprint, or for a model trained anew for each seed the hash of its recipe without the seed.
        """
        return self.fingerprint(resources)
