"""The tables of a comparison: differences in every column, and what the methods cost."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from suite.board.board import Board
from suite.board.cost import costs
from suite.board.model import Entry

from .columns import heading, signed
from .duel import Duel
from .links import table_href
from .prose import draw, link
from .scope import named
from .table import Cell, Head, Line, draw_table

Spent = tuple[str, list[tuple[float | None, str]]]
BASIS = (
    "Intervals and p are corrected for the pairs that are compared together (95 %, 5 %), column by column; "
    "what is known of the spread comes from all rows of the table."
)


def draw_duels(made: Sequence[Duel], order: Sequence[str]) -> None:
    """Draw a line for each table, column and pair; the pairs with the base first."""
    heads = [
        Head("Task", about="Opens its table."),
        Head("Pair", about="The second is subtracted from the first."),
        Head("Difference", about=f"Paired, over common seeds. {BASIS}", number=True, stays=True),
        Head("p", about=BASIS, number=True, stays=True),
        Head("Reading", stays=True),
        Head("Column", about="Metric and subset; the first one of each table ranks it."),
        Head("First", about="Its mean over its seeds.", number=True, stays=True),
        Head("Second", about="Its mean over its seeds.", number=True, stays=True),
        Head("Rests on"),
    ]
    draw("<h2>Differences</h2>")
    base = order[0]
    tables = {duel.entry.file: number for number, duel in reversed(list(enumerate(made)))}
    ordered = sorted(made, key=lambda duel: (tables[duel.entry.file], duel.b != base))
    draw_table(heads, [_line(duel) for duel in ordered], f"Shaded: told apart. {BASIS}", page="differences")


def _line(duel: Duel) -> Line:
    metric, difference = duel.metric, duel.difference
    shown = metric.shown
    known = difference.low is not None and difference.high is not None
    between = (
        f"{signed(shown(difference.low or 0.0))} to {signed(shown(difference.high or 0.0))}"
        if known
        else "no spread known"
    )
    reading = f"{duel.better} is better" if duel.apart else "not told apart"
    cells = [
        Cell(link(named(duel.entry), table_href(duel.entry))),
        Cell(f"{duel.a} − {duel.b}"),
        Cell(signed(shown(difference.mean)), between),
        Cell("–" if difference.p is None else f"{difference.p:.2g}"),
        Cell(reading),
        Cell(heading(metric, duel.column)),
        Cell(f"{shown(duel.means[0]):.2f}"),
        Cell(f"{shown(duel.means[1]):.2f}"),
        Cell(difference.basis or f"{duel.seeds} seeds"),
    ]
    return Line(cells, kind="tied" if duel.apart else "")


def draw_costs(everything: Board, entries: Sequence[Entry], labels: Sequence[str]) -> None:
    """Draw the cost of each method on each table beside each other, less is better."""
    lines = []
    for entry in entries:
        if sum(result.label in labels for result in entry.results) < 2:
            continue
        for name, values in _costs_of(entry.file, entry.stamp, tuple(labels), everything, entry):
            known = {value for value, _ in values if value is not None}
            cells = [Cell(link(named(entry), table_href(entry))), Cell(name)]
            cells += [Cell(said, "least" if len(known) > 1 and value == min(known) else "") for value, said in values]
            lines.append(Line(cells))
    if lines:
        heads = [
            Head("Task", stays=True),
            Head("Cost", stays=True),
            *(Head(label, number=True, stays=True) for label in labels),
        ]
        draw("<h2>Cost</h2>")
        draw_table(heads, lines, "Means over seeds of what each method cost.", fold=False, page="costs")


@st.cache_data(max_entries=1024, show_spinner=False)
def _costs_of(file: str, stamp: str, labels: tuple[str, ...], _board: Board, _entry: Entry) -> list[Spent]:
    """Return the costs of a table, each with the value of every method and how it reads."""
    table = _board.table(_entry)
    rows = {row.label: row for row in table.rows}
    spent = []
    for cost in costs(table):
        values = [cost.of(rows[label]) if label in rows else None for label in labels]
        spent.append((cost.title, [(value, "–" if value is None else cost.shown(value)) for value in values]))
    return spent
