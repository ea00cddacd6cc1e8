"""The table of a task, laid out: which columns it has, and what each shows of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suite.board.badges import is_marked
from suite.board.cost import Cost
from suite.board.model import Row, Table
from suite.board.ties import tied
from suite.contracts import Column

from .cells import EMPTY, Cell, Head, Line
from .columns import TIE, columns_of, cost_sort, coverage, difference, heading, mean, rank
from .links import href
from .marks import AGAIN, SOURCE, again, source
from .prose import fill, link
from .theme import status

COST = "Mean over seeds. What all methods share, as a reference model, is not counted."
RANK = (
    "Place by mean, and in parentheses the best and the worst place that the data allow. "
    f"{TIE} marks rows that are not told apart from the best. References take no place."
)
DIFFERENCE = (
    "To the best row of its field, with its 95 % interval, made for a best that is chosen from the same data. "
    "A reference is compared with the best ranked row alone."
)


@dataclass(frozen=True)
class Layout:
    """Which columns of a table are shown, told once for all rows.

    Attributes:
        columns: those of metrics, the primary one first.
        costs: those that are not metrics, and in which at least two rows differ.
        several: whether rows differ in their access.
        tied: the labels of the rows that carry the mark of a tie.
        marked: whether some row is not simply one's own.
    """

    table: Table
    columns: tuple[Column, ...]
    costs: tuple[Cost, ...]
    several: bool
    tied: frozenset[str]
    marked: bool


def layout(table: Table, preset: str, paid: Sequence[Cost]) -> Layout:
    """Return the layout of a preset; ``paid`` are the costs of `recorded`."""
    several = len({row.access for row in table.rows}) > 1
    return Layout(table, tuple(columns_of(table, preset)), tuple(paid), several, tied(table), is_marked(table))


def heads(layout: Layout) -> list[Head]:
    """Return the heads: rank, method, the primary value, the difference to the best, and the others."""
    table = layout.table
    access = [Head("Access", "access", "Privileges that a method needs; they are ranked apart.")]
    marks = [Head("Runs", "source", SOURCE), Head("Run again", "again", AGAIN)]
    return [
        Head("Rank", about=RANK, sort="rank", stays=True),
        Head("Method", about="Opens its page. Parameters that differ from the defaults stand in parentheses."),
        _metric_head(table, layout.columns[0]),
        Head("To the best", "difference", DIFFERENCE, number=True),
        Head("Status", "status", "What the code follows: the paper, the authors' code, a reconstruction, a baseline."),
        *(marks if layout.marked else []),
        *(access if layout.several else []),
        *(_metric_head(table, column) for column in layout.columns[1:]),
        *map(_cost_head, layout.costs),
        Head("Coverage", "coverage", "Seeds done of those wanted, failed cells, data sets missing."),
        Head("Version", "version", "Version of the method."),
    ]


def line(layout: Layout, row: Row) -> Line:
    """Return what the columns show of a row."""
    table = layout.table
    values = {(value.metric, value.subset): value for value in row.values}
    shown = [mean(table.metric(c.metric), values.get((c.metric, c.subset))) for c in layout.columns]
    marked = row.rank is not None and row.label in layout.tied
    kind = "aside" if row.rank is None else "tied" if marked else ""
    return Line(
        (
            rank(row, marked),
            Cell(fill("<b>{}</b>", link(row.label, href("method", method=row.method), _about(row)))),
            shown[0],
            difference(table.metric(table.primary.metric), row.difference),
            Cell(status(row.card.status if row.card else "not installed")),
            *([source(row), again(row)] if layout.marked else []),
            *([Cell(", ".join(row.access) or "none")] if layout.several else []),
            *shown[1:],
            *(_cost(cost, row) for cost in layout.costs),
            Cell(coverage(table, row)),
            Cell(row.version),
        ),
        tick=row.label,
        kind=kind,
    )


def _metric_head(table: Table, column: Column) -> Head:
    metric = table.metric(column.metric)
    ranks = " This column ranks." if column == table.primary else ""
    about = f"{metric.definition} {metric.direction.capitalize()} is better; version {metric.version}.{ranks}"
    return Head(
        heading(metric, column),
        str(column),
        about,
        number=True,
        better=metric.direction,
        sort=str(column),
        stays=column == table.primary,
    )


def _cost_head(cost: Cost) -> Head:
    return Head(cost.title.capitalize(), cost.name, COST, number=True, better="lower", sort=cost_sort(cost))


def _about(row: Row) -> str:
    card = row.card
    return ", ".join(str(part) for part in (card.title, card.authors, card.year) if part) if card else row.method


def _cost(cost: Cost, row: Row) -> Cell:
    value = cost.of(row)
    return Cell(EMPTY if value is None else cost.shown(value))
