"""A table on a page: headings, and lines of cells that are texts already."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby

from markupsafe import Markup


@dataclass(frozen=True)
class Heading:
    """A column's heading; ``about`` explains it on hover, ``text`` columns are set to the left."""

    name: str
    about: str = ""
    text: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a text, maybe a link to another page of the site, or a picture of our own making.

    ``value`` is what the column is sorted by where the text does not say it, as ``340 ms`` beside ``2 s``.
    """

    text: str = ""
    link: str = ""
    picture: Markup | None = None
    tied: bool = False
    value: float | None = None


@dataclass(frozen=True)
class Line:
    """One line of a grid; ``tied``: it is of the group that is not told apart from the best.

    ``group`` names the lines that belong together, one after the other, as methods that are ranked among each other.
    """

    cells: tuple[Cell, ...]
    tied: bool = False
    group: str = ""


@dataclass(frozen=True)
class Grid:
    """A table. ``named_by`` is the number of the column whose cells name their lines.

    ``answer`` is said in the caption to those who do not see that it stands above the table, too.
    """

    caption: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...] = field(default=())
    named_by: int = 0
    answer: str = ""

    @property
    def explained(self) -> list[tuple[str, str]]:
        """The headings that are explained, with their explanations, for those who cannot hover."""
        return [(heading.name, heading.about) for heading in self.headings if heading.about]

    def without_empty_columns(self) -> Grid:
        """Return the grid without the columns in which nothing stands."""
        columns = [
            number
            for number in range(len(self.headings))
            if any(line.cells[number].text or line.cells[number].picture for line in self.lines)
        ]
        headings = tuple(self.headings[number] for number in columns)
        lines = tuple(replace(line, cells=tuple(line.cells[number] for number in columns)) for line in self.lines)
        return replace(self, headings=headings, lines=lines, named_by=columns.index(self.named_by))

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        """The lines by their groups, in their order."""
        return [(name, list(lines)) for name, lines in groupby(self.lines, key=lambda line: line.group)]
