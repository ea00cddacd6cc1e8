"""Which rows are shown, and in which order. Ranks stay those of the whole field, whatever is hidden."""

from __future__ import annotations

from collections.abc import Sequence

from suite.board.comparable import groups
from suite.board.cost import Cost
from suite.board.model import Row, Table

from .columns import cost_sort
from .escape import clean
from .words import matches, said

RANK = "rank"
ALL = "All rows"


def matching(rows: Sequence[Row], search: str) -> list[Row]:
    """Return the rows that a search finds by name, parameters or card."""
    return [row for row in rows if matches(search, row.label, row.method, *said(row.card))]


def comparable(table: Table) -> dict[str, list[Row]]:
    """Return all rows, and those of each group by its title, from which to choose."""
    return {ALL: list(table.rows), **{clean(group.title): list(group.rows) for group in groups(table)}}


def ordered(table: Table, rows: list[Row], by: str, paid: Sequence[Cost]) -> list[Row]:
    """Return the rows best first by a column, as ``metric subset``, or by one of the costs, as ``cost NAME``.

    Rows that are not ranked come last, those without the number last of all.
    """
    column = next((column for column in table.columns if str(column) == by), None)
    if column is not None:
        sign = -1 if table.metric(column.metric).direction == "higher" else 1
        numbers = {id(row): sign * value.mean for row in rows if (value := row.value(column))}
    else:
        cost = next((cost for cost in paid if cost_sort(cost) == by), None)
        if cost is None:
            return rows  # the board has them by rank
        numbers = {id(row): price for row in rows if (price := cost.of(row)) is not None}
    return sorted(rows, key=lambda row: (row.rank is None, id(row) not in numbers, numbers.get(id(row), 0.0)))
