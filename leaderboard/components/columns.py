"""The columns of a task's table: what each is called, what it means, and what it shows of a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from suite.board.cost import Cost, costs
from suite.board.model import Difference, Row, Table, Value
from suite.contracts import Column, Metric

from .cells import EMPTY, Cell, Head, Line
from .escape import clean
from .links import href
from .prose import fill, link
from .theme import status

TIE = "≈"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
COST = "Mean over seeds. What all methods share, as a reference model, is not counted."
PRESETS: dict[str, Callable[[Table, Column], bool]] = {
    "compact": lambda table, column: column.metric == table.primary.metric and "/" not in column.subset,
    "per data set": lambda table, column: column.metric == table.primary.metric,
    "all metrics": lambda table, column: True,
}
"""Which columns a preset shows. A subset with a slash is one data set of its group."""


def columns_of(table: Table, preset: str) -> list[Column]:
    """Return the metric columns of a preset, the primary one first."""
    return [column for column in table.columns if column == table.primary or PRESETS[preset](table, column)]


def title(column: Column) -> str:
    """Return a column's name for reading: ``fpr95 ood, near/tiny-imagenet`` for ``fpr95_ood near/tiny-imagenet``."""
    return f"{column.metric.replace('_', ' ')}, {clean(column.subset)}"


def unit(metric: Metric) -> str:
    """Return the unit that numbers are shown in; one that is a power of ten is written as a factor: ``× 10⁻³``."""
    digits = metric.shown_unit.removeprefix("1e")
    if digits == metric.shown_unit or not digits.lstrip("-").isdecimal():
        return clean(metric.shown_unit)
    return f"× 10{digits.translate(RAISED)}"


@dataclass(frozen=True)
class Layout:
    """Which columns of a table are shown, told once for all rows.

    Attributes:
        columns: those of metrics, the primary one first.
        costs: those that are not metrics, and in which at least two rows differ.
        several: whether rows differ in their access.
        tied: the rows (by id) of fields in which several are not told apart from the best.
    """

    table: Table
    columns: tuple[Column, ...]
    costs: tuple[Cost, ...]
    several: bool
    tied: frozenset[int]


def layout(table: Table, preset: str, paid: Sequence[Cost]) -> Layout:
    """Return the layout of a preset; ``paid`` are the costs of `recorded`."""
    several = len({row.access for row in table.rows}) > 1
    groups = [[id(row) for row in rows if row.rank and row.rank.tied] for rows in table.fields.values()]
    tied = frozenset(row for group in groups if len(group) > 1 for row in group)
    return Layout(table, tuple(columns_of(table, preset)), tuple(paid), several, tied)


def heads(layout: Layout) -> list[Head]:
    """Return the heads: rank, method, the primary value, the difference to the best, and the others."""
    table = layout.table
    access = [Head("Access", "access", "Privileges that a method needs; they are ranked apart.")]
    return [
        Head("Rank", about=RANK, sort="rank", stays=True),
        Head("Method", about="Opens its page. Parameters that differ from the defaults stand in parentheses."),
        _metric_head(table, layout.columns[0]),
        Head("To the best", "difference", DIFFERENCE, number=True),
        Head("Status", "status", "What the code follows: the paper, the authors' code, a reconstruction, a baseline."),
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
    shown = [_value(table, column, values.get((column.metric, column.subset))) for column in layout.columns]
    tied = id(row) in layout.tied
    kind = "aside" if row.rank is None else "tied" if tied else ""
    return Line(
        (
            _rank(row, tied),
            Cell(fill("<b>{}</b>", link(row.label, href("method", method=row.method), _about(row)))),
            shown[0],
            difference(table.metric(table.primary.metric), row.difference),
            Cell(status(row.card.status if row.card else "not installed")),
            *([Cell(", ".join(row.access) or "none")] if layout.several else []),
            *shown[1:],
            *(_cost(cost, row) for cost in layout.costs),
            Cell(coverage(table, row)),
            Cell(row.version),
        ),
        tick=row.label,
        kind=kind,
    )


def coverage(table: Table, row: Row) -> str:
    """Return ``4/5 seeds, 1 failed, partial: SUBSET``."""
    done = sum(seed in table.seeds for seed in row.seeds)
    parts = [f"{done}/{len(table.seeds)} seeds"]
    parts += [f"{count} {clean(state)}" for state, count in sorted(row.failed.items())]
    partial = dict.fromkeys(clean(value.subset) for value in row.values if value.partial)
    return ", ".join([*parts, *([f"partial: {' '.join(partial)}"] if partial else [])])


def recorded(table: Table) -> list[Cost]:
    """Return the costs that are not metrics, and in which at least two rows differ."""
    return [cost for cost in costs(table) if cost.column is None]


def cost_sort(cost: Cost) -> str:
    """Return the value of the parameter ``sort`` that orders rows by a cost."""
    return f"cost {cost.name}"


RANK = (
    "Place by mean, and in parentheses the best and the worst place that the data allow. "
    f"{TIE} marks rows that are not told apart from the best. References take no place."
)
DIFFERENCE = (
    "To the best row of its field, with its 95 % interval, made for a best that is chosen from the same data. "
    "A reference is compared with the best ranked row alone."
)


def _metric_head(table: Table, column: Column) -> Head:
    metric = table.metric(column.metric)
    arrow = "↑" if metric.direction == "higher" else "↓"
    ranks = " This column ranks." if column == table.primary else ""
    about = f"{metric.definition} {metric.direction.capitalize()} is better; version {metric.version}.{ranks}"
    return Head(
        f"{title(column)} {arrow} {unit(metric)}",
        str(column),
        about,
        number=True,
        better=metric.direction,
        sort=str(column),
        stays=column == table.primary,
    )


def _cost_head(cost: Cost) -> Head:
    return Head(cost.title.capitalize(), cost.name, COST, number=True, better="lower", sort=cost_sort(cost))


def _rank(row: Row, tied: bool) -> Cell:
    if row.rank is None:
        return Cell(EMPTY if row.unranked else row.standing, title=row.unranked)
    rank = row.rank
    sign = fill('<span title="not told apart from the best">{}</span> ', TIE) if tied else ""
    return Cell(fill("{}{}", sign, rank.place), f"{rank.best}–{rank.worst}" if rank.best != rank.worst else "")


def _about(row: Row) -> str:
    card = row.card
    return ", ".join(str(part) for part in (card.title, card.authors, card.year) if part) if card else row.method


def _value(table: Table, column: Column, value: Value | None) -> Cell:
    if value is None:
        return Cell(EMPTY)
    metric = table.metric(column.metric)
    small = interval(metric, value)
    return Cell(f"{metric.shown(value.mean):.2f}", small, value.mean, f"{value.basis or 'no interval'}, n = {value.n}")


def interval(metric: Metric, value: Value) -> str:
    """Return ``92.90–96.68``, followed by ``partial`` if a data set is missing from the mean."""
    if value.low is None or value.high is None:
        said = "one seed" if value.n == 1 else "no spread"
    else:
        said = f"{metric.shown(value.low):.2f}–{metric.shown(value.high):.2f}"
    return f"{said}, partial" if value.partial else said


def signed(value: float) -> str:
    """Return a difference with its sign; one that rounds to nothing has none."""
    said = f"{value:+.2f}"
    return "0.00" if float(said) == 0 else said.replace("-", "−")


def difference(metric: Metric, to_best: Difference | None) -> Cell:
    """Return a difference with its interval."""
    if to_best is None:
        return Cell(EMPTY)
    small = ""
    if to_best.low is not None and to_best.high is not None:
        small = f"{signed(metric.shown(to_best.low))} to {signed(metric.shown(to_best.high))}"
    p = "" if to_best.p is None else f", p = {to_best.p:.2g}"
    return Cell(signed(metric.shown(to_best.mean)), small, title=f"{to_best.basis}{p}")


def _cost(cost: Cost, row: Row) -> Cell:
    value = cost.of(row)
    return Cell(EMPTY if value is None else cost.shown(value))
