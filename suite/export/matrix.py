"""The methods of a track by its tables: place and value in every cell that has a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suite.board.answer import field_name
from suite.board.matrix import Line as Method
from suite.board.matrix import Matrix
from suite.board.model import Entry, Result
from suite.board.ties import tied
from suite.export import numbers
from suite.export.addresses import method_page
from suite.export.grid import Cell, Grid, Heading, Line
from suite.export.table import arrow


def matrix_content(title: str, matrix: Matrix, entries: Sequence[Entry]) -> Mapping[str, Any]:
    """Return what the page says of those tables; the mean ranks are of all tables that the methods have in common."""
    present = [method for method in matrix.lines if any(entry.file in method.results for entry in entries)]
    lines = tuple(_line(matrix, method, entries) for method in present)
    headings = (
        Heading("mean rank", "Over the tables that are common to most methods, among methods of the same access."),
        Heading("method", text=True),
        Heading("best of", "On how many of the common tables no other method is better."),
        *(_heading(matrix, entry) for entry in entries),
    )
    return {"about": _about(matrix), "grid": Grid(f"{title}: methods and tasks", headings, lines, named_by=1)}


def _about(matrix: Matrix) -> str:
    if not matrix.common:
        return "No table has ranked methods yet."
    common = f"{len(matrix.common)} of {len(matrix.entries)} tables"
    ranked = f"{matrix.ranked} of {len(matrix.lines)} methods"
    return f"The mean rank is over {common}, marked *, on which {ranked} are ranked."


def _heading(matrix: Matrix, entry: Entry) -> Heading:
    name = entry.task.partition("/")[2]
    setting = " ".join(entry.setting.values())
    star = "*" if entry.file in matrix.common else ""
    return Heading(f"{name} {setting} {arrow(entry.metric)}{star}", f"{entry.title}, {entry.primary}")


def _line(matrix: Matrix, method: Method, entries: Sequence[Entry]) -> Line:
    rank = numbers.NONE if method.mean_rank is None else f"{method.mean_rank:.2f}"
    wins = numbers.NONE if method.mean_rank is None else f"{method.wins}/{len(matrix.common)}"
    cells = (_cell(entry, method.results.get(entry.file)) for entry in entries)
    group = field_name(method.access, len({each.access for each in matrix.lines})).removesuffix(": ").capitalize()
    group = group if method.mean_rank is not None else "No mean rank: not on every common table"
    return Line((Cell(rank), Cell(method.label, method_page(method.method)), Cell(wins), *cells), group=group)


def _cell(entry: Entry, result: Result | None) -> Cell:
    if result is None or result.mean is None:
        return Cell()
    place = f" ({result.place})" if result.place is not None else ""
    return Cell(f"{numbers.number(entry.metric, result.mean)}{place}", tied=result.label in tied(entry))
