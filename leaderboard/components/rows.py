"""Which rows are shown, and in which order. Ranks stay those of the whole field, whatever is hidden."""

from __future__ import annotations

from collections.abc import Sequence

from suite.board.comparable import groups
from suite.board.model import Row, Table
from suite.contracts import Column

from .escape import clean

RANK = "rank"
ALL = "All rows"


def matching(rows: Sequence[Row], search: str) -> list[Row]:
    """Return the rows in which every word of the search occurs: in the name, parameters, card or version."""
    words = search.casefold().split()
    return [row for row in rows if all(word in _text(row) for word in words)]


def comparable(table: Table) -> dict[str, list[Row]]:
    """Return all rows, and those of each group by its title, from which to choose."""
    return {ALL: list(table.rows), **{clean(group.title): list(group.rows) for group in groups(table)}}


def ordered(table: Table, rows: list[Row], by: str) -> list[Row]:
    """Return the rows best first by a column, given as ``metric subset``; rows that are not ranked come last."""
    column = next((column for column in table.columns if str(column) == by), None)
    if column is None:
        return rows  # the board has them by rank
    return sorted(rows, key=lambda row: (row.place is None, *_badness(table, row, column)))


def _badness(table: Table, row: Row, column: Column) -> tuple[bool, float]:
    value = row.value(column)
    if value is None:
        return True, 0.0
    return False, -value.mean if table.metric(column.metric).direction == "higher" else value.mean


def _text(row: Row) -> str:
    card = row.card
    said = (card.title, card.status, card.paper, card.authors, card.year) if card else ()
    return " ".join(str(part) for part in (row.label, row.method, *said) if part).casefold()
