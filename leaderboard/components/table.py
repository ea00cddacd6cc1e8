"""Tables of HTML: sticky heads and first columns, links, shades, ticks, pages; columns that say nothing fold away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from . import address
from .cells import EMPTY, Cell, Head, Line, Ticks, head_of, line_of
from .prose import draw, fill, join, text

__all__ = ["PAGE", "Cell", "Head", "Line", "Ticks", "draw_columns", "draw_table"]

PAGE = 200
"""How many rows a page of a table has."""


def draw_table(
    heads: Sequence[Head],
    lines: Sequence[Line],
    caption: object,
    *,
    naming: int = 2,
    ticks: Ticks | None = None,
    sorted_by: str = "",
    fold: bool = True,
    page: str = "page",
    place: Any = st,
) -> None:
    """Draw a table; the first ``naming`` columns stay in sight, the last of them is the head of its row.

    Tables of more than 200 rows have pages; parameter ``page`` of the address holds which.
    """
    first, pager = _pager(len(lines), page)
    folded = _folded(heads, lines, naming) if fold else {}
    shown = {column: head for column, head in enumerate(heads) if column not in folded}
    values = {column: _values(lines, column) for column, head in shown.items() if head.better}
    said = text(caption) if not isinstance(caption, Markup) else caption
    table = fill(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="board"><caption>{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        said.striptags(),
        said,
        [head_of(head, number, naming, sorted_by) for number, head in enumerate(shown.values())],
        [line_of(line, shown, values, naming, ticks) for line in lines[first : first + PAGE]],
    )
    draw("{}{}{}", _form(ticks, table) if ticks else table, _below(list(folded.values())), pager, place=place)


def draw_columns(heads: Sequence[Head], place: Any = st) -> None:
    """Draw what each column means, to be opened."""
    entries = [
        fill("<div><dt>{}{}</dt><dd>{}</dd></div>", head.title, _code(head), head.about) for head in heads if head.about
    ]
    draw("<details><summary>What the columns mean</summary><dl>{}</dl></details>", entries, place=place)


def _code(head: Head) -> Markup:
    return fill(" <code>{}</code>", head.code) if head.code and head.code != head.title else Markup()


def _values(lines: Sequence[Line], column: int) -> list[float]:
    return sorted(value for line in lines if line.kind != "aside" and (value := line.cells[column].value) is not None)


def _folded(heads: Sequence[Head], lines: Sequence[Line], naming: int) -> dict[int, Markup]:
    """Return the columns that say the same in every row, with what they say; nothing for those that are empty."""
    folded: dict[int, Markup] = {}
    for column, head in enumerate(heads):
        said = {(str(line.cells[column].shown), str(line.cells[column].small)) for line in lines}
        if column >= naming and not head.stays and len(lines) > 1 and len(said) == 1:
            cell = lines[0].cells[column]
            parts = [part for part in (cell.shown, cell.small) if part and part != EMPTY]
            folded[column] = fill("{}: {}", head.title, join(parts, " ")) if parts else Markup()
    return folded


def _below(folded: Sequence[Markup]) -> Markup:
    said = [each for each in folded if each]
    return fill('<p class="quiet">The same in every row: {}.</p>', join(said, "; ")) if said else Markup()


def _form(ticks: Ticks, table: Markup) -> Markup:
    hidden = [fill('<input type="hidden" name="{}" value="{}">', name, value) for name, value in ticks.sent.items()]
    form = '<form method="get" action="{}">{}{}<p><button type="submit">{}</button></p></form>'
    return fill(form, ticks.page, hidden, table, ticks.button)


def _pager(rows: int, name: str) -> tuple[int, Markup]:
    """Return the first row of the page that the address asks for, and links to all pages."""
    if rows <= PAGE:
        address.read_idle(name, "number of a page", ["1"], "1")
        return 0, Markup()
    pages = -(-rows // PAGE)
    number = address.read_number(name, pages)
    links = []
    for at in range(1, pages + 1):
        current = Markup(' aria-current="page"') if at == number else Markup()
        span = f"{1 + PAGE * (at - 1)}–{min(rows, PAGE * at)}"
        links.append(fill('<a href="{}"{}>{}</a>', address.here({name: str(at)}), current, span))
    nav = '<nav class="pages" aria-label="Rows"><span>Rows</span> {} of {}</nav>'
    return PAGE * (number - 1), fill(nav, links, rows)
