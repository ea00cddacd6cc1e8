"""Datasheets: who made a data set, what may be done with it, and what is known of its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from suite.contracts import Ingredient
from suite.data.embedded import Embedded


@dataclass(frozen=True)
class Content:
    """The content that published rows were run on: how many rows, and their fingerprint (64 hex digits)."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Datasheet:
    """What is to be known of a source of data.

    Attributes:
        title: what it is.
        maker: who made it, with the year of the paper; or how the suite makes it.
        licence: what the makers' page or the hub's says; ``not stated`` where neither says anything.
        contents: by split, or by the name of a source that has none, where a copy was at hand.
        note: what else a user of the data has to know.
    """

    title: str
    maker: str
    licence: str
    contents: Mapping[str, Content] = field(default_factory=dict)
    note: str = ""

    def content(self, data: Ingredient) -> Content | None:
        """Return what is known of the content of a data set; nothing of one that is made from another."""
        source: Any = getattr(data, "source", data)
        return self.contents.get(getattr(source, "split", getattr(source, "name", "")))


def origin(data: Ingredient) -> str:
    """Return where a data set comes from: a repository of the hub, a name of `Embedded`, or the class that makes it.

    What is made from another data set, as a corrupted one, has that one's origin.
    """
    source: Any = getattr(data, "source", data)
    while hasattr(source, "source"):
        source = source.source
    if hasattr(source, "repository"):
        return str(source.repository)
    return source.name if isinstance(source, Embedded) else type(source).__name__
