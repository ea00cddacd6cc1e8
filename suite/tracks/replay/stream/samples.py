"""The table of a cell: tidy rows of (task, step, accuracy), from which every score follows again.

Rows of kind ``curve`` are points of the learning curves, on the fixed subset of the test: one for each task that had
begun, and one for all of these together, whose subset is ``all``. Rows of kind ``matrix`` are accuracies on the whole
test before training (``training`` 0) and after each task. Sizes of the tests stand in the table's metadata, and so does
the audit: which samples the buffer held at the end of each task. Below stand the answers about each test image at the
end, in columns of their own; see `Answers`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Picture, Samples, Value
from suite.contracts.samples import measured_of
from suite.tracks.replay.answers import Answers
from suite.tracks.replay.cost import with_measured
from suite.tracks.replay.stream import metrics
from suite.tracks.replay.stream.accuracy import Array, Curve, forward_transfer
from suite.tracks.replay.stream.metrics import ALL, task_name

if TYPE_CHECKING:
    import pyarrow as pa

METADATA = b"basin-suite.replay"


@dataclass(frozen=True)
class StreamSamples(Samples):
    """What came of a stream.

    Attributes:
        initial: accuracy before training on each task's test [T].
        matrix: accuracy after training on task i on the test of task j [T, T].
        curve: accuracy on the fixed subsets.
        tested: images in each task's test [T].
        held: for each task's end, the rows of the stream that the buffer held.
        answers: about all test images at the end, task by task; None where an earlier version of the suite stored none.
    """

    initial: Array
    matrix: Array
    curve: Curve
    tested: NDArray[np.int64]
    held: list[list[int]] = field(default_factory=list)
    answers: Answers | None = None

    @property
    def tasks(self) -> list[str]:
        """The tasks' names, in the order of the stream."""
        return [task_name(number) for number in range(len(self.tested))]

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, or None if these samples have none there."""
        if column.metric == metrics.ACCURACY.name and column.subset in self.tasks:
            task = self.tasks.index(column.subset)
            return Value(float(self.matrix[-1, task]), int(self.tested[task]))
        if self.answers is not None and column.subset in (ALL, *self.tasks):
            value = self.answers.value(column.metric, self._part(column.subset))
            if value is not None:
                return value
        summary = self._summary(column.metric) if column.subset == ALL else None
        return super().value(column) if summary is None else Value(summary, int(self.tested.sum()))

    def _part(self, subset: str) -> slice:
        """Return which answers are of a subset."""
        if subset == ALL:
            return slice(None)
        ends, task = np.cumsum(self.tested), self.tasks.index(subset)
        return slice(int(ends[task] - self.tested[task]), int(ends[task]))

    def _summary(self, metric: str) -> float | None:
        if metric in metrics.OF_MATRIX:
            return metrics.OF_MATRIX[metric](self.matrix)
        if metric in metrics.OF_CURVE:
            return metrics.OF_CURVE[metric](self.curve)
        return forward_transfer(self.matrix, self.initial) if metric == metrics.FORWARD_TRANSFER.name else None

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the learning curves, and how they go on after each change of task."""
        from suite.tracks.replay.stream.pictures import curve_pictures

        return curve_pictures(self.curve, subset)

    def table(self) -> pa.Table:
        """Return the table; see the module."""
        import pyarrow as pa

        curve, rows = self.curve, []
        for step, training, values, seen in zip(curve.steps, curve.training, curve.values, curve.seen, strict=True):
            begun = [(task_name(j), value) for j, value in enumerate(values) if not np.isnan(value)]
            rows += [(name, "curve", int(step), int(training) + 1, value) for name, value in [(ALL, seen), *begun]]
        ends = {int(training): int(step) for step, training in zip(curve.steps, curve.training, strict=True)}
        for row, values in enumerate(np.vstack([self.initial, self.matrix])):
            step = ends[row - 1] if row else 0
            rows += [(task_name(j), "matrix", step, row, value) for j, value in enumerate(values)]
        columns = zip(("subset", "kind", "step", "training", "accuracy"), zip(*rows, strict=True), strict=True)
        table = pa.table({name: list(values) for name, values in columns})
        about = {"tested": self.tested.tolist(), "held": self.held}
        table = table.replace_schema_metadata({METADATA: json.dumps(about).encode()})
        return table if self.answers is None else self.answers.below(table)

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the samples of a stored table; earlier versions had what was measured in this metadata too."""
        about: dict[str, Any] = json.loads((table.schema.metadata or {})[METADATA])
        if "measured" in about:
            table = with_measured(table, about["measured"], ALL)
        measured = measured_of(table)
        table, answers = Answers.apart(table)
        columns = {name: np.asarray(table[name].to_pylist()) for name in table.column_names}
        tasks = len(about["tested"])
        accuracies = columns["accuracy"][columns["kind"] == "matrix"].reshape(tasks + 1, tasks)
        curve = columns["kind"] == "curve"
        points = curve & (columns["subset"] == ALL)
        steps = columns["step"][points]
        values = np.full((len(steps), tasks), np.nan)
        for j in range(tasks):
            rows = curve & (columns["subset"] == task_name(j))
            values[np.searchsorted(steps, columns["step"][rows]), j] = columns["accuracy"][rows]
        return cls(
            initial=accuracies[0],
            matrix=accuracies[1:],
            curve=Curve(steps, columns["training"][points] - 1, values),
            tested=np.array(about["tested"]),
            held=about["held"],
            answers=answers,
            measured=measured,
        )
