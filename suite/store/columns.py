"""What the board reads of a task: its runs, and their scores as one array.

A store of a million scores is read in about a second, and of each task by itself: hence the driver's own rows instead
of objects, and JSON as the text that it is stored as, of which many runs share one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from typing import cast as cast_type

import numpy as np
from pydantic_core import from_json
from sqlalchemy import JSON, ColumnElement, Connection, Integer, Select, Text, cast, func, literal_column, select

from suite.store.schema import cell, run, score

if TYPE_CHECKING:
    from numpy.typing import NDArray


_BETWEEN = "\x1f"
"""Between metric and subset: one text is read in half the time of two. No metric's name has it."""


class StoredRun(NamedTuple):
    """A run with its cell, as the driver gives it.

    What the database holds as JSON is its text, which `parsed` reads. Times are texts or objects, as the driver has
    them: those of one database compare with each other.
    """

    id: str
    cell: str
    attempt: int
    state: str
    started: Any
    ended: Any
    wall_seconds: float | None
    peak_memory_bytes: int | None
    cost: str | None
    facts: str | None
    tuning: str | None
    missing: str | None
    ingredients: str | None
    samples: str | None
    protocol: str
    task: str
    task_version: str
    method: str
    method_version: str
    source: str | None
    setting: str
    parameters: str
    seed: int


@dataclass(frozen=True)
class Scores:
    """The scores of finished runs.

    Attributes:
        rows: the row of each run, by its id.
        columns: metric and subset of each column.
        values: [runs + 1, columns], NaN where a run has no such score; the last row stands for runs without any.
        partial: [runs + 1, columns], whether a data set is missing from the value.
    """

    rows: dict[str, int]
    columns: tuple[tuple[str, str], ...]
    values: NDArray[np.float64]
    partial: NDArray[np.bool_]


@dataclass(frozen=True)
class Recorded:
    """Scores one after another, those of a run together: of each its run, column, value, and whether it is partial."""

    rows: dict[str, int]
    columns: list[tuple[str, str]]
    at: NDArray[np.int32]
    of: NDArray[np.int32]
    values: NDArray[np.float64]
    partial: NDArray[np.bool_]

    def scores(self, runs: Iterable[str]) -> Scores:
        """Return those of some runs as one array, with the columns that they have."""
        known = {run: number for number, run in enumerate(run for run in runs if run in self.rows)}
        numbers = np.fromiter(map(self.rows.__getitem__, known), np.int32, len(known))
        first, last = (np.searchsorted(self.at, numbers, side) for side in ("left", "right"))
        rows = np.repeat(np.arange(len(known)), last - first)
        places = np.arange(len(rows)) + np.repeat(first - np.cumsum(last - first) + (last - first), last - first)
        present, columns = np.unique(self.of[places], return_inverse=True)
        shape = len(known) + 1, len(present)
        values, partial = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
        values[rows, columns], partial[rows, columns] = self.values[places], self.partial[places]
        return Scores(known, tuple(self.columns[number] for number in present.tolist()), values, partial)


@lru_cache(maxsize=4096)
def parsed(text: str | None) -> Any:
    """Return what a JSON text says, the same object for the same text: it is not to be changed."""
    return None if text is None else from_json(text)


def read_runs(connection: Connection, tasks: Sequence[str]) -> list[StoredRun]:
    """Return for every cell of these tasks its finished run, or else its latest one."""
    chosen: dict[str, StoredRun] = {}
    for row in map(StoredRun._make, _driver_rows(connection, _runs(connection.dialect.name, tasks))):
        known = chosen.setdefault(row.cell, row)
        if known is not row and (row.state == "done", row.attempt) > (known.state == "done", known.attempt):
            chosen[row.cell] = row
    return list(chosen.values())


def read_scores(connection: Connection, tasks: Sequence[str] | None = None) -> Recorded:
    """Return the scores of every finished run of these tasks; of every run if none are given, which is a scan."""
    name = (score.c.metric + _BETWEEN + score.c.subset).label("name")
    query: Select[Any] = select(score.c.run, name, score.c.value, cast(score.c.partial, Integer))
    if tasks is not None:
        joined = cell.join(run, run.c.cell == cell.c.id).join(score, score.c.run == run.c.id)
        query = query.select_from(joined).where(cell.c.task.in_(tasks), run.c.state == "done")
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    at, of, values, incomplete = array("i"), array("i"), array("d"), array("b")
    row, last = -1, None
    for identifier, column, value, partial in _driver_rows(connection, query):
        if identifier != last:  # most scores come right behind others of their run
            row, last = rows.setdefault(identifier, len(rows)), identifier
        number = columns.get(column)
        if number is None:
            number = columns[column] = len(columns)
        at.append(row)
        of.append(number)
        values.append(value)
        incomplete.append(partial)
    runs = np.array(at, dtype=np.int32)
    order = np.argsort(runs, kind="stable")
    split = [(metric, subset) for metric, _, subset in (name.partition(_BETWEEN) for name in columns)]
    return Recorded(
        rows,
        split,
        runs[order],
        np.array(of, dtype=np.int32)[order],
        np.array(values)[order],
        np.array(incomplete, dtype=bool)[order],
    )


def recorded(connection: Connection, identifier: str) -> list[tuple[str, str]]:
    """Return metric and subset of a run's scores, in the order in which they were written."""
    order = _row_number(connection.dialect.name)
    query = select(score.c.metric, score.c.subset).where(score.c.run == identifier).order_by(order)
    return [(metric, subset) for metric, subset in connection.execute(query)]


def _driver_rows(connection: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a query as the driver makes them: the library's own would take twice the time."""
    return iter(cast_type("Iterable[tuple[Any, ...]]", connection.execute(query).cursor))


def _runs(dialect: str, tasks: Sequence[str]) -> Select[Any]:
    texts = [cast(column, Text) for column in (run.c.cost, run.c.facts, run.c.tuning, run.c.missing, run.c.ingredients)]
    return (
        select(
            *(run.c.id, run.c.cell, run.c.attempt, run.c.state, run.c.started, run.c.ended),
            *(run.c.wall_seconds, run.c.peak_memory_bytes, *texts, run.c.samples),
            *(cell.c.protocol, cell.c.task, cell.c.task_version, cell.c.method, cell.c.method_version),
            *(_source(dialect), cast(cell.c.setting, Text), cast(cell.c.parameters, Text), cell.c.seed),
        )
        .join(cell, run.c.cell == cell.c.id)
        .where(cell.c.task.in_(tasks))
    )


def _source(dialect: str) -> ColumnElement[str | None]:
    """Return the hash of the source of editable code that a cell's identity names, if it does."""
    if dialect == "sqlite":
        return func.json_extract(cell.c.identity, "$.method_source")
    named: ColumnElement[str | None] = cast(cell.c.identity, JSON)["method_source"].as_string()
    return named


def _row_number(dialect: str) -> ColumnElement[Any]:
    return literal_column("score.rowid" if dialect == "sqlite" else "score.ctid")
