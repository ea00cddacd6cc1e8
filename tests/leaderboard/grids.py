"""Reads the tables of a page's HTML as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class GridCell:
    """A cell: its words, the smaller ones below them, where its link leads, its attributes."""

    attributes: dict[str, str | None]
    tag: str
    words: str = ""
    small: str = ""
    links: list[str] = field(default_factory=list)
    inputs: list[dict[str, str | None]] = field(default_factory=list)


@dataclass
class Grid:
    """A table: its caption, its heads, its rows and their classes."""

    caption: str = ""
    heads: list[GridCell] = field(default_factory=list)
    rows: list[list[GridCell]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def column(self, head: str) -> list[str]:
        """Return the words of a column, given by its head."""
        return [cell.words for cell in self.cells(head)]

    def cells(self, head: str) -> list[GridCell]:
        """Return the cells of a column, given by its head."""
        number = [cell.words for cell in self.heads].index(head)
        return [row[number] for row in self.rows]

    @property
    def titles(self) -> list[str]:
        """The words of the heads."""
        return [cell.words for cell in self.heads]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.grids: list[Grid] = []
        self._open: list[str] = []
        self._cell: GridCell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "table":
            self.grids.append(Grid())
        if tag == "tr" and "tbody" in self._open:
            self.grids[-1].rows.append([])
            self.grids[-1].kinds.append(attributes.get("class") or "")
        if tag in ("td", "th"):
            self._cell = GridCell(attributes, tag)
            (self.grids[-1].heads if "thead" in self._open else self.grids[-1].rows[-1]).append(self._cell)
        if self._cell and tag == "a":
            self._cell.links.append(attributes.get("href") or "")
        if self._cell and tag == "input":
            self._cell.inputs.append(attributes)
        if tag not in ("input", "br", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if "caption" in self._open:
            self.grids[-1].caption += data
        elif self._cell:
            if "small" in self._open:
                self._cell.small += data
            else:
                self._cell.words = (
                    f"{self._cell.words}{data}".strip() if not self._cell.words else self._cell.words + data
                )


def read_grids(html: str) -> list[Grid]:
    """Return the tables that some HTML holds."""
    reader = _Reader()
    reader.feed(html)
    return reader.grids
