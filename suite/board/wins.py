"""Who beats whom over the tables of a track: on how many of those that both have, and on how many told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suite.board.model import Row, Table
from suite.stats.field import paired_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

LEVEL = 0.05
"""Of the pairs of a table that are said to be told apart, at most this share are expected not to be."""


@dataclass(frozen=True)
class Wins:
    """Pairs of n methods: for each how often the row's is better than the column's [n, n].

    Attributes:
        labels: of the methods [n], those with the largest share of wins first.
        common: on how many tables both have a complete mean.
        better: on how many of these the row's mean is the better one.
        apart: on how many of these it is told apart.
    """

    labels: tuple[str, ...]
    common: Counts
    better: Counts
    apart: Counts

    @property
    def shares(self) -> NDArray[np.float64]:
        """The share of common tables on which the row is better [n, n]; NaN where there is none."""
        with np.errstate(invalid="ignore"):
            return np.where(self.common > 0, self.better / np.maximum(self.common, 1), np.nan)


def wins(tables: Iterable[Table]) -> Wins:
    """Count over the primary columns of tables; rows of every access, and references, are compared with each other.

    Pairs are told apart by paired t over seeds with moderated variances, and Benjamini and Hochberg's (1995) control of
    the false discovery rate over the pairs of a table.
    """
    fields = [(rows, *_compared(table, rows)) for table in tables for rows in [_complete(table)] if len(rows) > 1]
    labels = list(dict.fromkeys(row.label for rows, _, _ in fields for row in rows))
    number = {label: at for at, label in enumerate(labels)}
    common, better, apart = (np.zeros((len(labels), len(labels)), dtype=np.int64) for _ in range(3))
    for rows, ahead, told in fields:
        at = np.ix_(*[[number[row.label] for row in rows]] * 2)
        common[at] += 1 - np.eye(len(rows), dtype=np.int64)
        better[at] += ahead
        apart[at] += ahead & told
    won = better.sum(axis=1) / np.maximum(common.sum(axis=1), 1)
    order = np.array(sorted(range(len(labels)), key=lambda at: (-won[at], labels[at])), dtype=int)
    chosen = np.ix_(order, order)
    return Wins(tuple(labels[at] for at in order), common[chosen], better[chosen], apart[chosen])


def _complete(table: Table) -> list[Row]:
    """Return the rows that have a value at every seed that counts, and complete means where some have those."""
    wanted = max((len(row.scored) for row in table.rows), default=0)
    rows = [row for row in table.rows if row.scored and len(row.scored) == wanted and not row.unranked]
    partial = [bool((value := row.value(table.primary)) and value.partial) for row in rows]
    return [row for row, part in zip(rows, partial, strict=True) if part == min(partial)]


def _compared(table: Table, rows: list[Row]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which row is better than which, and which are told apart [n, n]."""
    from scipy.special import stdtr
    from scipy.stats import false_discovery_control

    seeds = set.intersection(*({run.seed for run in row.scored} for row in rows))
    values = np.array([[run.value for run in row.scored if run.seed in seeds] for row in rows], dtype=np.float64)
    if not seeds:
        none = np.zeros((len(rows), len(rows)), dtype=bool)
        return none, none
    sign = 1 if table.metric(table.primary.metric).direction == "higher" else -1
    field = paired_field(sign * values)
    statistics = field.statistics
    above = np.triu_indices(len(rows), 1)
    p = 2 * stdtr(min(field.freedom, 1e9), -np.abs(statistics[above]))
    known = np.isfinite(p)
    p[known] = false_discovery_control(p[known]) if known.any() else p[known]
    told = np.zeros(statistics.shape, dtype=bool)
    told[above] = known & (p <= LEVEL)
    return field.differences > 0, told | told.T
