"""The board as data: one object behind the terminal table, the app and every export.

``suite board --format json`` prints it; the fields are documented in docs/board.md and ``format`` is raised when one
changes its meaning or goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from suite.contracts import Card, Column, Metric, Setting

FORMAT = 4


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


class Place(Model):
    """A place, and the places that the paired comparisons allow."""

    place: int
    best: int
    worst: int


class Difference(Model):
    """A row minus the best ranked row of its table in the primary column, paired; ``p`` is of this comparison alone.

    ``low``, ``high`` and ``p`` are None, and ``basis`` is empty, where the pairs show no spread.
    """

    mean: float
    low: float | None
    high: float | None
    p: float | None
    basis: str


class Row(Model):
    """A method with its parameters on a task.

    ``access`` names the privileges of its track that it and its partners need. ``standing`` is ``ranked``,
    ``reference``, or ``not installed``, of which nobody knows the access; the latter two take no place.
    ``place`` and the interval ``best`` to ``worst`` are those among ranked rows of the same access, ``together`` those
    among all ranked rows; None for rows that are not ranked, and ``unranked`` says why where they might be.
    ``difference`` is None for the best ranked row itself, and where it cannot be told.
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
    access: tuple[str, ...]
    standing: Literal["ranked", "reference", "not installed"]
    place: int | None = None
    best: int | None = None
    worst: int | None = None
    together: Place | None = None
    difference: Difference | None = None
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
        values = (v for v in self.values if (v.metric, v.subset) == (column.metric, column.subset))
        return next(values, None)

    @property
    def label(self) -> str:
        """The method's name, with the parameters that were changed."""
        changed = ", ".join(f"{name}={value}" for name, value in sorted(self.changed.items()))
        return f"{self.name} ({changed})" if changed else self.name


class Axis(Model):
    """A condition that the task varies: the values that it declares, the default first, then others with results."""

    name: str
    values: tuple[str, ...]
    about: str


class Table(Model):
    """The rows of one task in one setting under one protocol: same task version, metrics, data and reference models.

    ``setting`` has a value for every axis of the task. ``current`` marks the protocol under which the setting was run
    last; rows of different tables are not comparable. ``comparison`` says by which paired comparison the ranks got
    their intervals. ``facts`` are those on which all rows agree; ``comparable_by`` names the facts that rows must share
    to be comparable with each other.
    """

    task: str
    setting: dict[str, str]
    axes: tuple[Axis, ...]
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
    def accesses(self) -> list[tuple[str, ...]]:
        """The access of the ranked rows, in the order of the table; those of one access are ranked together."""
        return list(dict.fromkeys(row.access for row in self.rows if row.standing == "ranked"))

    @property
    def condition(self) -> str:
        """The setting in words, as ``precision=W8A8``; empty for a task without axes."""
        return str(Setting(self.setting))

    @property
    def arguments(self) -> list[str]:
        """The options of ``suite`` that name the task and, if it is not the default one, the setting."""
        defaults = {axis.name: axis.values[0] for axis in self.axes}
        changed = [f"{axis}={value}" for axis, value in self.setting.items() if value != defaults[axis]]
        return ["--task", self.task, *(part for text in changed for part in ("--setting", text))]

    def together(self) -> Table:
        """Return the table with all ranked rows as one field, whatever their access."""
        rows = [row.model_copy(update=dict(row.together)) if row.together else row for row in self.rows]
        last = len(rows) + 1
        rows.sort(key=lambda row: (row.place or last, row.label if row.place else ""))
        return self.model_copy(update={"rows": tuple(rows)})

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

    def of_task(self, task: str, setting: Mapping[str, str] | None = None) -> list[Table]:
        """Return the tables of a task, all or those of a setting; by setting, the current protocol first."""
        return [table for table in self.tables if table.task == task and setting in (None, table.setting)]

    def along(self, task: str, axis: str, setting: Mapping[str, str]) -> dict[str, Table]:
        """Return the current tables that agree with a setting but for one axis, by their value on that axis."""
        return {
            table.setting[axis]: table
            for table in self.of_task(task)
            if table.current and axis in table.setting and {**setting, axis: table.setting[axis]} == table.setting
        }
