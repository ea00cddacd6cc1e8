"""Scores as arrays, task by task or all at once: a million are read in a second."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.store.stored import driver_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Select

_BETWEEN = "\x1f"
"""Between metric and subset: one text is read in half the time of two. No metric's name has it."""


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


def stacked(parts: Sequence[Scores]) -> Scores:
    """Return the scores of several parts as one; no run is in two of them."""
    columns = list(dict.fromkeys(column for part in parts for column in part.columns))
    rows: dict[str, int] = {}
    shape = sum(len(part.rows) for part in parts) + 1, len(columns)
    values, partial = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for part in parts:
        first, n = len(rows), len(part.rows)
        at = np.array([columns.index(column) for column in part.columns], dtype=int)
        values[first : first + n, at], partial[first : first + n, at] = part.values[:-1], part.partial[:-1]
        rows |= {run: first + number for run, number in part.rows.items()}
    return Scores(rows, tuple(columns), values, partial)


def read_scores(connection: Connection, tasks: Sequence[str] | None = None) -> Recorded:
    """Return the scores of every finished run of these tasks; of every run if none are given, which is a scan."""
    from sqlalchemy import Integer, cast, select

    from suite.store.schema import cell, run, score

    name = (score.c.metric + _BETWEEN + score.c.subset).label("name")
    query: Select[Any] = select(score.c.run, name, score.c.value, cast(score.c.partial, Integer))
    if tasks is not None:
        joined = cell.join(run, run.c.cell == cell.c.id).join(score, score.c.run == run.c.id)
        query = query.select_from(joined).where(cell.c.task.in_(tasks), run.c.state == "done")
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    at, of, values, incomplete = array("i"), array("i"), array("d"), array("b")
    row, last = -1, None
    for identifier, column, value, partial in driver_rows(connection, query):
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
    from sqlalchemy import literal_column, select

    from suite.store.schema import score

    order: ColumnElement[Any] = literal_column("score.rowid" if connection.dialect.name == "sqlite" else "score.ctid")
    query = select(score.c.metric, score.c.subset).where(score.c.run == identifier).order_by(order)
    return [(metric, subset) for metric, subset in connection.execute(query)]
