"""The numbers of a table: means over seeds with their intervals, of all rows and columns at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.board.sources import Runs
from suite.contracts import Column, Interval, Metric, Task
from suite.stats.means import means_over_seeds
from suite.store.columns import Scores
from suite.store.stored import StoredRun

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVER_SEEDS = "95 %, t over seeds"
Intervals = Mapping[tuple[str, str, str], Interval]
"""Over samples, by run, metric and subset."""


def recorded_columns(scores: Scores, task: Task, done: Sequence[StoredRun], made_from: Runs) -> list[Column]:
    """Return the columns of the task's metrics that some run has, in the task's order.

    In the order in which they were written, if an earlier version wrote others than those of today: what ranked then
    came first.
    """
    rows = [scores.rows[run.id] for run in done if run.id in scores.rows]
    present = np.any(~np.isnan(scores.values[rows]), axis=0)
    metrics = [metric.name for metric in task.metrics]
    held = [name for name, some in zip(scores.columns, present.tolist(), strict=True) if some and name[0] in metrics]
    if held and (
        {subset for _, subset in held} - set(task.subsets) or tuple(task.primary.model_dump().values()) not in held
    ):
        written = made_from.written(min(done, key=lambda run: (run.started, run.id)).id)
        held.sort(key=lambda name: written.index(name) if name in written else len(written))
    else:
        held.sort(key=lambda name: (task.subsets.index(name[1]), metrics.index(name[0])))
    return [Column(metric=metric, subset=subset) for metric, subset in held]


@dataclass(frozen=True)
class Numbers:
    """What the runs that count have scored.

    Attributes:
        columns: the columns [C].
        rows: of each row [R] the runs that count, by seed.
        values: [R, S, C], NaN where a row has no such seed, or the seed no such score.
        partial: [R, C], whether a data set is missing from any of them.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[StoredRun]]
    values: NDArray[np.float64]
    partial: NDArray[np.bool_]

    @classmethod
    def of(cls, scores: Scores, columns: Sequence[Column], rows: Sequence[Sequence[StoredRun]]) -> Numbers:
        """Take the numbers of these columns and rows out of a task's scores."""
        index = np.full((len(rows), max(map(len, rows), default=0)), -1)  # the last row of the scores is empty
        for number, runs in enumerate(rows):
            index[number, : len(runs)] = [scores.rows.get(run.id, -1) for run in runs]
        at = [scores.columns.index((column.metric, column.subset)) for column in columns]
        return cls(columns, rows, scores.values[:, at][index], scores.partial[:, at][index].any(1))

    def scored(self, column: Column) -> list[dict[str, float | None]]:
        """Return for each row the values of its runs in a column, by the run's id; None where a run has none."""
        if column not in self.columns:
            return [{run.id: None for run in runs} for runs in self.rows]
        values = self.values[:, :, self.columns.index(column)].tolist()
        return [
            {run.id: None if value != value else value for run, value in zip(runs, of_row, strict=False)}
            for runs, of_row in zip(self.rows, values, strict=True)
        ]

    def means(self, metrics: Mapping[str, Metric], made_from: Runs) -> list[list[dict[str, Any]]]:
        """Return the values of each row, as data of `suite.board.model.Value`.

        With several seeds the interval is over them, with one it is its own, over samples.
        """
        found = means_over_seeds(self.values)
        low, high = found.means - found.halves, found.means + found.halves
        bounds = [metrics[column.metric].bounds for column in self.columns]
        low = np.fmax(low, [-np.inf if least is None else least for least, _ in bounds])
        high = np.fmin(high, [np.inf if most is None else most for _, most in bounds])
        own = self._own(found.counts == 1, made_from)
        told = ~np.isnan(found.halves)
        parts = (found.counts, found.means, told, low, high, self.partial)
        rows: list[list[dict[str, Any]]] = []
        for runs, *of_row in zip(self.rows, *(part.tolist() for part in parts), strict=True):
            rows.append([])
            for column, bound, n, mean, known, least, most, partial in zip(self.columns, bounds, *of_row, strict=True):
                if not n:
                    continue
                value = {"metric": column.metric, "subset": column.subset, "mean": mean, "n": n, "partial": partial}
                if known:
                    value |= {"low": least, "high": most, "basis": OVER_SEEDS}
                else:
                    value |= _interval(runs, column, bound, own) if n == 1 else NONE
                rows[-1].append(value)
        return rows

    def _own(self, alone: NDArray[np.bool_], made_from: Runs) -> Intervals:
        """Return the intervals over samples where a row has one value alone; most tables have none such."""
        seeds = (~np.isnan(self.values)).argmax(1) if self.values.size else np.zeros(alone.shape, dtype=int)
        return made_from.intervals(
            {self.rows[row][seeds[row, column]].id for row, column in np.argwhere(alone).tolist()}
        )


NONE: dict[str, Any] = {"low": None, "high": None, "basis": ""}


def _interval(
    runs: Sequence[StoredRun], column: Column, bounds: tuple[float | None, float | None], own: Intervals
) -> dict[str, Any]:
    keys = ((run.id, column.metric, column.subset) for run in runs)
    interval = next((own[key] for key in keys if key in own), None)
    if interval is None:
        return NONE
    least, most = bounds
    low = interval.low if least is None else max(least, interval.low)
    high = interval.high if most is None else min(most, interval.high)
    return {"low": low, "high": high, "basis": f"{100 * interval.level:g} %, {interval.basis}"}
