"""The table of a cell: tidy rows of (task, step, accuracy), from which every score follows again.

Rows of kind ``curve`` are points of the learning curves, on the fixed subset of the test: one for each task that had
begun, and one for all of these together, whose subset is ``all``. Rows of kind ``matrix`` are accuracies on the whole
test before training (``training`` 0) and after each task. What was measured besides stands in the table's metadata, and
so does the audit: which samples the buffer held at the end of each task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Score
from suite.tracks.replay import accuracy
from suite.tracks.replay.accuracy import Array, Curve
from suite.tracks.replay.metrics import (
    ACCURACY,
    ANYTIME_ACCURACY,
    BACKWARD_TRANSFER,
    FORGETTING,
    FORWARD_TRANSFER,
    LEARNING_ACCURACY,
    MIN_ACCURACY,
    WORST_CASE_ACCURACY,
)

if TYPE_CHECKING:
    import pyarrow as pa

ALL = "all"
METADATA = b"basin-suite.replay"


@dataclass(frozen=True)
class Rehearsed:
    """What came of a stream.

    Attributes:
        initial: accuracy before training on each task's test [T].
        matrix: accuracy after training on task i on the test of task j [T, T].
        curve: accuracy on the fixed subsets.
        tested: images in each task's test [T].
        measured: further scores by metric, with the number of samples behind each.
        held: for each task's end, the rows of the stream that the buffer held.
    """

    initial: Array
    matrix: Array
    curve: Curve
    tested: NDArray[np.int64]
    measured: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    held: list[list[int]] = field(default_factory=list)

    def scores(self) -> tuple[Score, ...]:
        """Return every score."""
        tasks, images = len(self.tested), int(self.tested.sum())
        overall = {
            ACCURACY: accuracy.average_accuracy(self.matrix),
            FORGETTING: accuracy.forgetting(self.matrix),
            BACKWARD_TRANSFER: accuracy.backward_transfer(self.matrix),
            FORWARD_TRANSFER: accuracy.forward_transfer(self.matrix, self.initial),
            LEARNING_ACCURACY: accuracy.learning_accuracy(self.matrix),
            ANYTIME_ACCURACY: accuracy.anytime_accuracy(self.curve),
            MIN_ACCURACY: accuracy.min_accuracy(self.curve),
            WORST_CASE_ACCURACY: accuracy.worst_case_accuracy(self.curve),
        }
        return (
            *(Score(metric=metric.name, subset=ALL, value=value, n=images) for metric, value in overall.items()),
            *(Score(metric=name, subset=ALL, value=value, n=n) for name, (value, n) in self.measured.items()),
            *(
                Score(metric=ACCURACY.name, subset=task_name(j), value=self.matrix[-1, j], n=int(self.tested[j]))
                for j in range(tasks)
            ),
        )


def task_name(number: int) -> str:
    """Return the subset of a task of the stream by its number from 0, as ``task-1``."""
    return f"task-{number + 1}"


def to_table(rehearsed: Rehearsed) -> pa.Table:
    """Return the table; see the module."""
    import pyarrow as pa

    curve, rows = rehearsed.curve, []
    for step, training, values, seen in zip(curve.steps, curve.training, curve.values, curve.seen, strict=True):
        begun = [(task_name(j), value) for j, value in enumerate(values) if not np.isnan(value)]
        rows += [(name, "curve", int(step), int(training) + 1, value) for name, value in [(ALL, seen), *begun]]
    ends = {int(training): int(step) for step, training in zip(curve.steps, curve.training, strict=True)}
    for row, values in enumerate(np.vstack([rehearsed.initial, rehearsed.matrix])):
        step = ends[row - 1] if row else 0
        rows += [(task_name(j), "matrix", step, row, value) for j, value in enumerate(values)]
    columns = zip(("subset", "kind", "step", "training", "accuracy"), zip(*rows, strict=True), strict=True)
    about = {"tested": rehearsed.tested.tolist(), "measured": dict(rehearsed.measured), "held": rehearsed.held}
    table = pa.table({name: list(values) for name, values in columns})
    return table.replace_schema_metadata({METADATA: json.dumps(about).encode()})


def from_table(table: pa.Table) -> Rehearsed:
    """Return what came of a stream, from its table."""
    about: dict[str, Any] = json.loads((table.schema.metadata or {})[METADATA])
    columns = {name: np.asarray(table[name].to_pylist()) for name in table.column_names}
    tasks = len(about["tested"])
    stacked = columns["accuracy"][columns["kind"] == "matrix"].reshape(tasks + 1, tasks)
    curve = columns["kind"] == "curve"
    points = curve & (columns["subset"] == ALL)
    steps = columns["step"][points]
    values = np.full((len(steps), tasks), np.nan)
    for j in range(tasks):
        own = curve & (columns["subset"] == task_name(j))
        values[np.searchsorted(steps, columns["step"][own]), j] = columns["accuracy"][own]
    return Rehearsed(
        initial=stacked[0],
        matrix=stacked[1:],
        curve=Curve(steps, columns["training"][points] - 1, values),
        tested=np.array(about["tested"]),
        measured={name: (value, n) for name, (value, n) in about["measured"].items()},
        held=about["held"],
    )
