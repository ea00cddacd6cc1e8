"""The parts of a table: heads, cells and rows, and what each is in HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from . import address
from .prose import fill, link, text

EMPTY = "–"


@dataclass(frozen=True)
class Head:
    """The head of a column.

    ``code`` is its name in code and ``about`` what it means: both show when the title is pointed at, and in the list of
    columns below the table. ``better`` marks the best value in bold and shades the others. ``sort`` is the value of the
    parameter ``sort`` that orders the rows by this column. A column that ``stays`` is never folded away.
    """

    title: str
    code: str = ""
    about: str = ""
    number: bool = False
    better: Literal["higher", "lower", ""] = ""
    sort: str = ""
    stays: bool = False


@dataclass(frozen=True)
class Cell:
    """What a cell shows: a main text or Markup, a smaller one below it, and the number by which it is shaded."""

    shown: object
    small: object = ""
    value: float | None = None
    title: str = ""


@dataclass(frozen=True)
class Line:
    """A row: a cell for each head, the first ones of which name it.

    ``tick`` is what a form gets if the row is ticked, ``kind`` a class of the style sheet: ``tied``, ``aside``.
    """

    cells: Sequence[Cell]
    tick: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Ticks:
    """A form around the table: the page that it opens, what its button says, and parameters that it sends besides."""

    page: str
    button: str
    sent: dict[str, str]
    name: str = "methods"


def head_of(head: Head, number: int, naming: int, sorted_by: str) -> Markup:
    """Return the head of the column that is shown at a place; a link where rows can be ordered by it."""
    title = text(head.title)
    order = Markup()
    if head.sort:
        title = link(head.title, address.here({"sort": head.sort, "page": None}))
        if head.sort == sorted_by:
            order = Markup(f' aria-sort="{"descending" if head.better == "higher" else "ascending"}"')
    about = " ".join(part for part in (head.code, head.about) if part)
    hover = fill(' title="{}"', about) if about else ""
    return fill('<th scope="col"{}{}{}>{}</th>', _class(number, naming, head.number), hover, order, title)


def line_of(
    line: Line, heads: Mapping[int, Head], values: Mapping[int, Sequence[float]], naming: int, ticks: Ticks | None
) -> Markup:
    """Return a row with the columns of ``heads``; ``values`` are the sorted numbers of those that are shaded."""
    cells = []
    for number, (column, head) in enumerate(heads.items()):
        cell = line.cells[column]
        body = fill("{}", EMPTY if cell.shown in ("", None) else cell.shown)
        if ticks and number == 0:
            body = _tick(line, ticks) + body
        if cell.small:
            body += fill("<small>{}</small>", cell.small)
        attributes = _class(number, naming, head.number)
        if line.kind != "aside":
            attributes += _shade(cell, head, values.get(column, ()))
        if cell.title:
            attributes += fill(' title="{}"', cell.title)
        names_row = number == naming - 1
        cells.append(fill('<th scope="row"{}>{}</th>' if names_row else "<td{}>{}</td>", attributes, body))
    return fill('<tr class="{}">{}</tr>', line.kind, cells)


def _tick(line: Line, ticks: Ticks) -> Markup:
    if not line.tick:
        return Markup('<span class="tick"></span>')
    box = '<input class="tick" type="checkbox" name="{}" value="{}" aria-label="Compare {}">'
    return fill(box, ticks.name, line.tick, line.tick)


def _class(number: int, naming: int, numeric: bool) -> Markup:
    stuck = ("stuck", f"s{number}" if naming > 1 else "only") if number < naming else ()
    classes = [*stuck, *(("number",) if numeric else ())]
    return fill(' class="{}"', " ".join(classes)) if classes else Markup()


def _shade(cell: Cell, head: Head, values: Sequence[float]) -> Markup:
    """Return the style of a cell: where its value lies between the worst and the best, which is bold."""
    if not head.better or cell.value is None or len(values) < 2 or values[0] == values[-1]:
        return Markup()
    share = min(max((cell.value - values[0]) / (values[-1] - values[0]), 0), 1)
    share = share if head.better == "higher" else 1 - share
    return fill(' style="--heat:{}{}"', f"{share:.2f}", ";font-weight:700" if share == 1 else "")
