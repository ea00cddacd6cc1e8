"""What a stream without boundaries leaves behind: a row for each class at each point of evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Picture, Samples, Value
from suite.tracks.replay.answers import Answers
from suite.tracks.replay.blurry import metrics
from suite.tracks.replay.stream.accuracy import Array, Curve

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class BlurrySamples(Samples):
    """Accuracies by class, all classes of a point one after the other [rows].

    Attributes:
        step: of the learner before the point; ``session``: that was trained on, from 0.
        whole: whether it was measured on all test images, at the end of a session, or on the fixed subset.
        label: the class; ``met``: whether the stream had had it by then.
        tested, right: images of the class that were tested, and those that were right.
        answers: about all test images at the end; None where an earlier version of the suite stored none.
    """

    step: NDArray[np.int64]
    session: NDArray[np.int64]
    whole: NDArray[np.bool_]
    label: NDArray[np.int64]
    met: NDArray[np.bool_]
    tested: NDArray[np.int64]
    right: NDArray[np.int64]
    answers: Answers | None = field(default=None, kw_only=True)

    @property
    def curve(self) -> Curve:
        """The accuracy on each class [points, classes] on the subset, NaN before it came."""
        values, rows = self._values(~self.whole)
        first = rows[:, 0]
        return Curve(self.step[first], self.session[first], values)

    @property
    def ends(self) -> Array:
        """The accuracy on each class at the end of each session [sessions, classes], NaN before it came."""
        return self._values(self.whole)[0]

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, or None if these samples have none there."""
        if column.subset != metrics.ALL or column in self.measured:
            return super().value(column)
        if self.answers is not None and (value := self.answers.value(column.metric)):
            return value
        tested = int(self.tested[self.whole & (self.session == self.session.max())].sum())
        if column.metric in metrics.OF_CURVE:
            return Value(metrics.OF_CURVE[column.metric](self.curve), tested)
        return Value(metrics.OF_ENDS[column.metric](self.ends), tested) if column.metric in metrics.OF_ENDS else None

    def table(self) -> pa.Table:
        """Return the rows by class, with the answers below them."""
        return super().table() if self.answers is None else self.answers.below(super().table())

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the samples of a stored table."""
        rows, answers = Answers.apart(table)
        return replace(super().read(rows), answers=answers)

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the curve of the mean accuracy on what had come, with the changes that nobody was told of."""
        from suite.tracks.replay.blurry.pictures import stream_picture

        return (stream_picture(self.curve),)

    def _values(self, of: NDArray[np.bool_]) -> tuple[Array, NDArray[np.int64]]:
        """Return accuracies [points, classes] of some rows, and their numbers [points, classes]."""
        rows = np.flatnonzero(of).reshape(-1, len(np.unique(self.label)))
        return np.where(self.met[rows], self.right[rows] / self.tested[rows], np.nan), rows
