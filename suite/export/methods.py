"""The page of a method: its card, and its place in every table of the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from suite.board import citation
from suite.board.model import Entry, Result, Table
from suite.board.ties import tied
from suite.contracts import Card
from suite.export import numbers
from suite.export.addresses import table_page
from suite.export.grid import Cell, Grid, Heading, Line
from suite.export.table import arrow

_HEADINGS = (
    Heading("task", text=True),
    Heading("setting", text=True),
    Heading("row", "The name, and the parameters that differ from the defaults.", text=True),
    Heading("rank", "The place by mean, and in parentheses the best and the worst that the data allow."),
    Heading("of", "How many methods are ranked among each other."),
    Heading("value", "In the column that ranks the task; values of different tasks are not comparable."),
    Heading("95 % interval"),
    Heading("ranked by", text=True),
    Heading("seeds"),
    Heading("state", text=True),
)


@dataclass
class Shown:
    """What the board says of one method: its card, its versions, and its rows with the tables that they stand in."""

    name: str
    card: Card | None = None
    versions: set[str] = field(default_factory=set)
    rows: list[tuple[Entry, Result]] = field(default_factory=list)


class Methods:
    """Gathers the methods of the board while its tables pass by."""

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}

    def __iter__(self) -> Iterator[Shown]:
        return iter(sorted(self._shown.values(), key=lambda shown: shown.name))

    def add(self, entry: Entry, table: Table) -> None:
        """Note the rows of a table."""
        for row in table.rows:
            shown = self._shown.setdefault(row.method, Shown(row.method))
            shown.card = shown.card or row.card
            shown.versions.add(row.version)
        for result in entry.results:
            self._shown.setdefault(result.method, Shown(result.method)).rows.append((entry, result))


def method_content(shown: Shown, rows: Sequence[tuple[Entry, Result]]) -> Mapping[str, Any]:
    """Return what the page says: its card as pairs, and a grid of its rows, the current ones first."""
    lines = [_line(entry, result) for entry, result in rows]
    return {
        "link": shown.card.url if shown.card else None,
        "facts": card_facts(shown),
        "citation": citation.paper(shown.card),
        "grid": Grid(f"{shown.name} on every task", _HEADINGS, tuple(lines)).without_empty_columns(),
    }


def card_facts(shown: Shown) -> list[tuple[str, str]]:
    """Return the card in pairs of heading and text."""
    card = shown.card
    said = {"version": ", ".join(sorted(shown.versions))}
    if card is None:
        return [("card", "none: its plugin is not installed where this was made"), *said.items()]
    said |= {"follows": card.status, "paper": card.paper or "", "authors": card.authors or ""}
    said |= {"year": str(card.year or ""), "note": card.note}
    return [(heading, text) for heading, text in said.items() if text]


def _line(entry: Entry, result: Result) -> Line:
    metric, marked = entry.metric, result.label in tied(entry)
    rank, field_size, state = numbers.NONE, "", result.unranked or result.standing
    if result.place is not None:
        span = f" ({result.best}–{result.worst})" if result.best != result.worst else ""
        rank, field_size = f"{result.place}{span}", str(len(entry.ranked[result.access]))
    between = numbers.NONE
    if result.low is not None and result.high is not None:
        between = f"{numbers.number(metric, result.low)} to {numbers.number(metric, result.high)}"
    value = numbers.NONE if result.mean is None else numbers.number(metric, result.mean)
    state = state if entry.current else f"earlier protocol; {state}"
    cells = (
        Cell(entry.task, table_page(entry.file)),
        Cell(", ".join(f"{axis}={value}" for axis, value in entry.setting.items())),
        Cell(result.label),
        Cell(rank, tied=marked),
        Cell(field_size),
        Cell(f"{value}{' partial' if result.partial else ''}"),
        Cell(between),
        Cell(f"{entry.primary} {arrow(metric)}"),
        Cell(f"{result.seeds}/{len(entry.seeds)}{f', {result.failed} failed' if result.failed else ''}"),
        Cell(state),
    )
    return Line(cells, marked)
