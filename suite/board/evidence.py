"""What the comparisons of a table rest on: the values by seed of its compared rows, and what their samples predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from suite.board.model import Row, Table
from suite.contracts import Metric
from suite.stats.field import Field, paired_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def field_of(metric: Metric, rows: Sequence[Row], predicted: Array | None) -> Field:
    """Return the paired estimates of rows with a value at every seed, turned so that larger is better.

    ``predicted`` [rows, rows] are the variances of the differences on one seed that samples predict, if they are known.
    """
    sign = 1.0 if metric.direction == "higher" else -1.0
    values = sign * np.array([[run.value for run in row.scored] for row in rows], dtype=np.float64)
    return paired_field(values, predicted, [number for number, row in enumerate(rows) if row.standing == "ranked"])


def table_field(table: Table) -> tuple[list[Row], Field | None]:
    """Return the compared rows of a table, and their field in the primary column, as it was when they were ranked."""
    rows = compared(table.rows)
    if not rows:
        return [], None
    return rows, field_of(table.metric(table.primary.metric), rows, unpacked(table.predicted, len(rows)))


def compared(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that are compared with each other: those with a place, and those that stand beside them."""
    return [row for row in rows if row.rank or row.aside]


def packed(predicted: Array | None) -> tuple[float | None, ...] | None:
    """Return the lower triangle of a symmetric matrix, row by row, as numbers of 6 digits; NaN as None."""
    if predicted is None:
        return None
    lower = predicted[np.tril_indices(len(predicted), -1)]
    return tuple(None if np.isnan(value) else float(f"{value:.6g}") for value in lower.tolist())


def unpacked(lower: Sequence[float | None] | None, n: int) -> Array | None:
    """Return the symmetric matrix [n, n] of `packed`, with a diagonal of zeros."""
    if lower is None:
        return None
    predicted = np.zeros((n, n))
    predicted[np.tril_indices(n, -1)] = [np.nan if value is None else value for value in lower]
    return np.asarray(predicted + predicted.T)
