"""Whether a task's data are at hand."""

from __future__ import annotations

import pytest

from suite.contracts import Ingredient, Missing, Resources
from suite.leaderboard.components.data import AT_HAND, MISSING, PARTLY, UNKNOWN, at_hand
from suite.registry import load_registry


class Piece(Ingredient):
    """Data that are there or not, or fail."""

    kind = "data"

    def __init__(self, name: str, optional: bool = False) -> None:
        self.name, self.optional = name, optional

    def known_fingerprint(self, resources: Resources) -> str | None:
        assert not resources.settings.hub  # a page asks nobody else
        if self.name == "away":
            raise Missing("not here")
        if self.name == "broken":
            raise RuntimeError("secret path /etc")
        return "a" * 64

    def make(self, resources: Resources) -> str:
        raise AssertionError("a page makes nothing")


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ((), AT_HAND),
        ((Piece("here"),), AT_HAND),
        ((Piece("here"), Piece("away", optional=True)), PARTLY),
        ((Piece("away"), Piece("away", optional=True)), MISSING),
        ((Piece("broken"),), UNKNOWN),
    ],
)
def test_what_is_missing_is_told_without_a_download(pieces: tuple[Piece, ...], said: str) -> None:
    task = load_registry().tasks["ood/digits"]
    wanting = type("Wanting", (task,), {"requires": lambda self, seed: pieces})
    assert at_hand(wanting) == said
