"""Which rows carry the mark of a tie: a best that is told apart from all others carries none."""

from __future__ import annotations

from collections.abc import Iterable

from suite.board.model import Entry, Table


def tied(table: Table | Entry) -> frozenset[str]:
    """Return the labels of the rows that are not told apart from the best of their field, where several are."""
    if isinstance(table, Table):
        groups = [[row.label for row in rows if row.rank and row.rank.tied] for rows in table.fields.values()]
    else:
        groups = [[result.label for result in results if result.tied] for results in table.ranked.values()]
    return frozenset(_several(groups))


def _several(groups: Iterable[list[str]]) -> Iterable[str]:
    return (label for group in groups if len(group) > 1 for label in group)
