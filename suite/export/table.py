"""The page of a table: who is best, who is not told apart from it, and everything that the table says of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from suite.board.answer import field_name
from suite.board.badges import badge, is_marked, shown_source
from suite.board.comparable import groups
from suite.board.cost import Cost, costs
from suite.board.model import Row, Table
from suite.board.ties import tied
from suite.contracts import Column, Metric
from suite.export import numbers
from suite.export.addresses import method_page
from suite.export.grid import Cell, Grid, Heading, Line
from suite.export.picture import Scale, best_values, picture, scale


@dataclass(frozen=True)
class Part:
    """A column of a table's page: its heading, and what stands in it for each row."""

    heading: Heading
    cell: Callable[[Row], Cell]


def table_grid(table: Table, rows: Sequence[Row], answer: str) -> Grid:
    """Return the main grid: place, method, the primary value, differences, costs, what the rows are; no other metric.

    Its caption holds the answer. Columns of texts that say the same of every row are left out.
    """
    parts, fields = [part for part in _parts(table) if part is not None], len(table.fields)
    marked = tied(table)
    lines = [Line(tuple(part.cell(row) for part in parts), row.label in marked, _group(row, fields)) for row in rows]
    headings = tuple(part.heading for part in parts)
    return Grid(f"{table.title}: {_primary(table)}", headings, tuple(lines), named_by=1, answer=answer)


def metrics_grid(table: Table, rows: Sequence[Row]) -> Grid:
    """Return every column of the table: the mean over seeds, with the half-width of its interval."""
    columns, fields, marked = table.columns, len(table.fields), tied(table)
    headings = [_heading(table, column) for column in columns]
    lines = [
        Line(
            (_place(marked, row), _method(row), *(_half_width(table, row, column) for column in columns)),
            group=_group(row, fields),
        )
        for row in rows
    ]
    return Grid(f"{table.title}: every metric", (*_WHO, *headings), tuple(lines), named_by=1)


def arrow(metric: Metric) -> str:
    """Return ``↑ %``: which way is better, and the shown unit."""
    return f"{'↑' if metric.direction == 'higher' else '↓'} {metric.shown_unit}"


_WHO = (
    Heading("rank", "The place by mean, and in parentheses the best and the worst that the data allow."),
    Heading("method", text=True),
)


def _parts(table: Table) -> Iterator[Part | None]:
    metric, axis = table.metric(table.primary.metric), scale(table)
    yield Part(_WHO[0], partial(_place, tied(table)))
    yield Part(_WHO[1], _method)
    yield Part(_heading(table, table.primary), lambda row: Cell(numbers.mean(metric, row.value(table.primary))))
    if axis:
        ends = f"{numbers.number(metric, axis.low)} to {numbers.number(metric, axis.high)}"
        about = "Line: the interval. Mark: the mean, full for the best and its ties. Ticks: seeds."
        best = best_values(table)
        yield Part(Heading(f"from {ends}", about), lambda row: _picture(table, axis, best, row))
    about = "95 % interval of the mean; below the table stands over what."
    yield Part(Heading("95 % interval", about), lambda row: _interval(table, metric, row))
    if any(row.difference for row in table.rows):
        about = "Row minus best, paired, with a 95 % interval that allows for the best being chosen by the same data."
        heading = Heading(f"difference to the best {metric.shown_unit}", about)
        yield Part(heading, lambda row: Cell(numbers.difference(metric, row.difference)))
    for cost in costs(table):
        if cost.column is None or cost.column.subset == table.primary.subset:  # the others are with the metrics
            yield Part(Heading(cost.title, "Mean over seeds."), _cost(cost))
    yield Part(
        Heading("seeds", "Finished seeds of those that the task asks for."), lambda row: Cell(coverage(table, row))
    )
    status = "What the implementation follows: a paper, its authors' code, a reconstruction, or a baseline."
    yield _differing(table, "status", status, lambda row: row.card.status if row.card else "not installed")
    if is_marked(table):
        about = "Of this store, merged from a file, or published; and the state of the submission."
        yield Part(Heading("runs", about, text=True), lambda row: Cell(shown_source(row) or "own"))
        about = "What came of running the row again; only for rows of which that proves something."
        yield _differing(table, "run again", about, badge)
    if groups(table):
        for name in table.comparable_by:
            about = "Rows that differ in this are not comparable with each other."
            yield _differing(table, name, about, partial(_fact, name))


def coverage(table: Table, row: Row) -> str:
    """Return ``4/5, 1 failed``."""
    failed = [f"{count} {state}" for state, count in sorted(row.failed.items())]
    return ", ".join([f"{sum(seed in table.seeds for seed in row.seeds)}/{len(table.seeds)}", *failed])


def _primary(table: Table) -> str:
    metric = table.metric(table.primary.metric)
    return f"{table.primary} ({metric.shown_unit}, {metric.direction} is better)"


def _heading(table: Table, column: Column) -> Heading:
    metric = table.metric(column.metric)
    return Heading(f"{column} {arrow(metric)}", metric.definition)


def _differing(table: Table, name: str, about: str, say: Callable[[Row], str]) -> Part | None:
    """Return a column of texts, if it does not say the same of every row."""
    if len({say(row) for row in table.rows}) < 2:
        return None
    return Part(Heading(name, about, text=True), lambda row: Cell(say(row) or numbers.NONE))


def _among_the_best(row: Row) -> bool:
    return bool(row.rank and row.rank.tied)


def _group(row: Row, fields: int) -> str:
    """Return the name of the rows that a row is ranked with, or of those that have no place."""
    if row.rank:
        return field_name(row.access, fields).removesuffix(": ").capitalize()
    if row.unranked:
        return "Not ranked; the reasons stand below"
    return "References and methods that are not installed: no place, compared with the first row alone"


def _fact(name: str, row: Row) -> str:
    return row.facts.get(name, "not stated")


def _place(marked: frozenset[str], row: Row) -> Cell:
    return Cell(numbers.place(row.rank), tied=row.rank is not None and row.label in marked)


def _method(row: Row) -> Cell:
    return Cell(row.label, method_page(row.method))


def _picture(table: Table, axis: Scale, best: Mapping[tuple[str, ...], float], row: Row) -> Cell:
    value, first = row.value(table.primary), next(iter(best.values()), None)
    if value is None:
        return Cell()
    line = best.get(row.access, first) if row.rank else first
    return Cell(picture=picture(axis, row, value, tied=_among_the_best(row), best=line))


def _interval(table: Table, metric: Metric, row: Row) -> Cell:
    value = row.value(table.primary)
    return Cell((value and numbers.interval(metric, value)) or numbers.NONE)


def _half_width(table: Table, row: Row, column: Column) -> Cell:
    metric, value = table.metric(column.metric), row.value(column)
    if value is None or value.low is None or value.high is None:
        return Cell(numbers.mean(metric, value))
    half = metric.shown(max(value.high - value.mean, value.mean - value.low))
    width = f"{half:.2f}" if metric.unit == "fraction" else f"{half:.2g}"
    return Cell(f"{numbers.number(metric, value.mean)} ±{width}{' partial' if value.partial else ''}")


def _cost(cost: Cost) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        value = cost.of(row)
        return Cell(numbers.NONE) if value is None else Cell(cost.shown(value), value=value)

    return cell
