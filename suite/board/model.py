"""The board as data: one object behind the terminal table, the app and every export.

``suite board --format json`` prints it; the fields are documented in docs/board.md and ``format`` is raised when one
changes its meaning or goes.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from suite.contracts import Card, Column, Metric

FORMAT = 3


class Model(BaseModel):
    """Base of the board's parts: immutable, nothing unknown, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Value(Model):
    """A mean over seeds. ``low`` and ``high`` are the 95 % interval over what ``basis`` names, or None.

    Over seeds where there are several, else over the test samples of the one model.
    """

    metric: str
    subset: str
    mean: float
    low: float | None
    high: float | None
    basis: str
    n: int
    partial: bool


class Point(Model):
    """The primary column's value of one seed, and the run that it comes from."""

    seed: int
    value: float
    run: str


class SeedRun(Model):
    """The run that stands for a seed, whatever its state."""

    seed: int
    state: str
    run: str


class Standing(Model):
    """A place, and the places that the paired comparisons allow."""

    place: int
    best: int
    worst: int


class Row(Model):
    """A method with its parameters on a task.

    ``place`` and the interval ``best`` to ``worst`` are those within the ``league``, ``together`` those among the rows
    of all leagues; None for rows that are not ranked, and ``unranked`` says why.
    ``changed`` holds the parameters that differ from the defaults, ``chosen`` what tuning chose by seed, ``facts`` what
    its runs state and those of other rows do not.
    """

    method: str
    name: str
    version: str
    parameters: dict[str, Any]
    changed: dict[str, Any]
    chosen: dict[int, dict[str, Any]]
    card: Card | None
    league: str
    place: int | None
    best: int | None
    worst: int | None
    together: Standing | None
    unranked: str
    seeds: tuple[int, ...]
    failed: dict[str, int]
    values: tuple[Value, ...]
    points: tuple[Point, ...]
    cost: dict[str, float]
    facts: dict[str, str]
    runs: tuple[SeedRun, ...]

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, if the row has it."""
        found = (v for v in self.values if (v.metric, v.subset) == (column.metric, column.subset))
        return next(found, None)

    @property
    def label(self) -> str:
        """The method's name, with the parameters that were changed."""
        changed = ", ".join(f"{name}={value}" for name, value in sorted(self.changed.items()))
        return f"{self.name} ({changed})" if changed else self.name


class Table(Model):
    """The rows of one task under one protocol: same task version, metrics, data and reference models.

    ``current`` marks the protocol that was run last; rows of different tables are not comparable. ``comparison`` says
    by which paired comparison the ranks got their intervals. ``facts`` are those on which all rows agree;
    ``comparable_by`` names the facts that rows must share to be comparable with each other.
    """

    task: str
    version: str
    track: str
    tier: str
    title: str
    summary: str
    protocol: str
    current: bool
    primary: Column
    metrics: tuple[Metric, ...]
    subsets: tuple[str, ...]
    missing: tuple[str, ...]
    seeds: tuple[int, ...]
    ingredients: dict[str, str | None]
    facts: dict[str, str]
    comparable_by: tuple[str, ...]
    comparison: str
    rows: tuple[Row, ...]

    def metric(self, name: str) -> Metric:
        """Return a metric of the task by name; KeyError if there is none."""
        return {metric.name: metric for metric in self.metrics}[name]

    @property
    def leagues(self) -> list[str]:
        """The leagues of the rows, in the order of the table."""
        return list(dict.fromkeys(row.league for row in self.rows))

    def together(self) -> Table:
        """Return the table with the rows of all leagues ranked as one field."""
        rows = [row.model_copy(update=dict(row.together)) if row.together else row for row in self.rows]
        placed = sorted(rows, key=lambda row: (row.place is None, row.place or 0, row.label))
        return self.model_copy(update={"rows": tuple(placed)})

    @property
    def columns(self) -> list[Column]:
        """Every column that at least one row has, by subset in the task's order, the primary one first."""
        present = {(value.metric, value.subset) for row in self.rows for value in row.values}
        columns = [
            Column(metric=metric.name, subset=subset)
            for subset in self.subsets
            for metric in self.metrics
            if (metric.name, subset) in present
        ]
        return sorted(columns, key=lambda column: column != self.primary)


class Track(Model):
    """A track's name, title and question."""

    name: str
    title: str
    question: str


class Board(Model):
    """Everything that the leaderboard shows. ``stamp`` tells whether the store has changed since it was built."""

    format: int = FORMAT
    suite: str
    built: str
    stamp: str
    tracks: tuple[Track, ...]
    tables: tuple[Table, ...]

    def of_task(self, task: str) -> list[Table]:
        """Return the tables of a task, the current protocol first."""
        return sorted((table for table in self.tables if table.task == task), key=lambda table: not table.current)
