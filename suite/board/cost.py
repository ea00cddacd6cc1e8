"""What a row costs: what its task states, what was measured of every run, and metrics that count a resource."""

from __future__ import annotations

from dataclasses import dataclass

from suite.board.export import MEASURED, stated_costs
from suite.board.model import Row, Table
from suite.board.quantity import BYTES, quantity
from suite.contracts import Column

RESOURCES = {
    *("s", "J", "Wh", "g", "bits", "steps", "epochs", "images", "samples", "tokens", "parameters", "FLOPs", "MACs"),
    *("evaluations", "calls"),
    *BYTES,
}
"""Units of metrics that are a cost where less is better."""
TITLES = {"wall_seconds": "wall clock", "peak_memory_bytes": "peak memory of the process"}
UNITS = {"seconds": "s", "bytes": "bytes"}


@dataclass(frozen=True)
class Cost:
    """One cost of a table's rows; less is better.

    Attributes:
        name: as ``fit_seconds``, or a column as ``size test``; what an address holds.
        title, unit: what is read.
        column: where it is a metric.
    """

    name: str
    title: str
    unit: str
    column: Column | None = None

    def of(self, row: Row) -> float | None:
        """Return a row's mean over seeds, if it is known."""
        if self.column is None:
            return row.cost.get(self.name)
        value = row.value(self.column)
        return value.mean if value else None

    def shown(self, value: float) -> str:
        """Return a value with its unit."""
        return quantity(value, self.unit)


def costs(table: Table) -> list[Cost]:
    """Return the costs that at least two rows differ in: stated ones, the clock, memory, then metrics."""
    named = [*stated_costs(table), *MEASURED]
    known = [_recorded(name) for name in named]
    counted = {
        metric.name: metric for metric in table.metrics if metric.direction == "lower" and metric.unit in RESOURCES
    }
    for column in table.columns:
        metric = counted.get(column.metric)
        if metric and column != table.primary and metric.name not in named:
            title = f"{column.metric.replace('_', ' ')}, {column.subset}"
            known.append(Cost(str(column), title, metric.unit, column))
    return [cost for cost in known if len({cost.of(row) for row in table.rows} - {None}) > 1]


def _recorded(name: str) -> Cost:
    stem, _, ending = name.rpartition("_")
    unit = UNITS.get(ending, "")
    title = TITLES.get(name) or (stem if unit else name).replace("_", " ")
    return Cost(name, title, unit)
