"""Ingredients: what a score depends on besides code, each with a fingerprint of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from suite.contracts.context import Resources


class Missing(Exception):
    """An ingredient is not at hand; the message says where it was looked for."""


class Ingredient(Protocol):
    """A data set or a reference model that a task requires."""

    @property
    def kind(self) -> Literal["data", "model"]:
        """Which of the two it is."""

    @property
    def name(self) -> str:
        """The name that provenance and messages use; unique within a task and kind."""

    @property
    def optional(self) -> bool:
        """Whether the task goes on, with a partial result, when this is missing."""

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the sha256 of the content if it is known without heavy work, else None.

        Raises:
            Missing: it is not at hand.
        """

    def fingerprint(self, resources: Resources) -> str:
        """Return the sha256 of the content, doing whatever that takes: reading the data, training the model.

        Raises:
            Missing: it is not at hand.
        """

    def lineage(self, resources: Resources) -> str:
        """Return what rows must share to be comparable over seeds: the fingerprint, or for a model trained anew for
        each seed, the hash of its recipe without the seed. Called only once the fingerprint is known.
        """
