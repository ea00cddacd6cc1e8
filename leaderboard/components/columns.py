"""What the columns of a table are called and what they show, whatever page they stand on."""

from __future__ import annotations

from collections.abc import Callable

from suite.board.cost import Cost, costs
from suite.board.model import Difference, Row, Table, Value
from suite.contracts import Column, Metric

from .cells import EMPTY, Cell
from .escape import clean
from .prose import fill

TIE = "≈"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
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
    """Return a column's name for reading: ``error rate, group/part`` for ``error_rate group/part``."""
    return f"{column.metric.replace('_', ' ')}, {clean(column.subset)}"


def arrow(metric: Metric) -> str:
    """Return which way is better: ``↑`` or ``↓``."""
    return "↑" if metric.direction == "higher" else "↓"


def heading(metric: Metric, column: Column) -> str:
    """Return the head of a metric's column: ``error rate, test ↓ %``."""
    return f"{title(column)} {arrow(metric)} {unit(metric)}"


def unit(metric: Metric) -> str:
    """Return the unit that numbers are shown in; one that is a power of ten is written as a factor: ``× 10⁻³``."""
    digits = metric.shown_unit.removeprefix("1e")
    if digits == metric.shown_unit or not digits.lstrip("-").isdecimal():
        return clean(metric.shown_unit)
    return f"× 10{digits.translate(RAISED)}"


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


def interval(metric: Metric, value: Value) -> str:
    """Return ``92.90–96.68``, followed by ``partial`` if a data set is missing from the mean."""
    if value.low is None or value.high is None:
        said = "one seed" if value.n == 1 else "no spread"
    else:
        said = f"{metric.shown(value.low):.2f}–{metric.shown(value.high):.2f}"
    return f"{said}, partial" if value.partial else said


def rank(row: Row, tied: bool) -> Cell:
    """Return the place with its interval, and a sign if the row is tied; without a place why it has none."""
    if row.rank is None:
        return Cell(EMPTY if row.unranked else row.standing, title=row.unranked)
    place = row.rank
    sign = fill('<span title="not told apart from the best">{}</span> ', TIE) if tied else ""
    return Cell(fill("{}{}", sign, place.place), f"{place.best}–{place.worst}" if place.best != place.worst else "")


def mean(metric: Metric, value: Value | None) -> Cell:
    """Return a mean with its interval; on hover what the interval is over, and of how many seeds or samples."""
    if value is None:
        return Cell(EMPTY)
    about = f"{value.basis or 'no interval'}, n = {value.n}"
    return Cell(f"{metric.shown(value.mean):.2f}", interval(metric, value), value.mean, about)


def signed(value: float) -> str:
    """Return a difference with its sign; one that rounds to nothing has none."""
    said = f"{value:+.2f}"
    return "0.00" if float(said) == 0 else said.replace("-", "−")


def difference(metric: Metric, to_best: Difference | None) -> Cell:
    """Return a difference with its interval."""
    if to_best is None:
        return Cell(EMPTY)
    small = " to ".join(to_best.ends(lambda value: signed(metric.shown(value))) or ())
    p = "" if to_best.p is None else f", p = {to_best.p:.2g}"
    return Cell(signed(metric.shown(to_best.mean)), small, title=f"{to_best.basis}{p}")
