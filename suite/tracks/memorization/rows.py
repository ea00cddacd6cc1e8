"""The rows of a cell: what every sample of every point of the sweep is, and of the anchors; and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Resampled, Samples, Value
from suite.tracks.memorization import metrics
from suite.tracks.memorization.judge import RATIO
from suite.tracks.memorization.metrics import FREE, PLAIN, POINTS, SWEEP
from suite.tracks.memorization.sweep import Sweep

if TYPE_CHECKING:
    import pyarrow as pa

RESAMPLES = 400
NONE = -1
"""In place of a duplicate where the caption has none."""


@dataclass(frozen=True)
class SweepRows(Samples):
    """A row for each sample, subset by subset [rows]; those of one subset are in the same order for every method.

    Attributes:
        subset: one of the task's but for ``sweep``; ``strength``: the method's own label of it.
        caption, noise: numbers of the sample's caption and initial noise.
        duplicate: the training image that the caption is made to memorize, `NONE` for ordinary captions.
        nearest, first, second, cosine, aligned, margin, real: see `suite.tracks.memorization.judge.Judgement`.
        apart: the mean distance to the other samples of the caption.
        guidance: |e| at the first step, of the noise that was used; ``length``: its norm over the root of its size.
        evaluations, backward, seconds: of the subset; the first two for a sample.
        norms: |e| at each step [S], of plain guidance and ordinary captions alone.
        image, original: pixels of the sample and of the nearest training image, 0 to 255, of some samples alone.
        noises: sha256 of all initial noises.
    """

    subset: NDArray[np.str_]
    strength: NDArray[np.str_]
    caption: NDArray[np.int64]
    noise: NDArray[np.int64]
    duplicate: NDArray[np.int64]
    nearest: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    cosine: NDArray[np.float64]
    aligned: NDArray[np.bool_]
    margin: NDArray[np.float64]
    real: NDArray[np.float64]
    apart: NDArray[np.float64]
    guidance: NDArray[np.float64]
    length: NDArray[np.float64]
    evaluations: NDArray[np.float64]
    backward: NDArray[np.float64]
    seconds: NDArray[np.float64]
    norms: Sequence[Any]
    image: Sequence[Any]
    original: Sequence[Any]
    noises: NDArray[np.str_]

    @classmethod
    def joined(cls, parts: Iterable[SweepRows], measured: Mapping[Column, Value]) -> Self:
        """Return the rows of all parts, in their order."""
        tables = list(parts)
        columns: dict[str, Any] = {}
        for field in fields(cls):
            if field.name != "measured":
                columns[field.name] = [row for part in tables for row in getattr(part, field.name)]
        lists = ("norms", "image", "original")
        arrays: dict[str, Any] = {
            name: values if name in lists else np.array(values) for name, values in columns.items()
        }
        return cls(**arrays, measured=measured)

    def table(self) -> pa.Table:
        """Return the rows, with types for the columns of lists too."""
        import pyarrow as pa

        kinds = {"norms": pa.float32(), "image": pa.uint8(), "original": pa.uint8()}
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "measured"}
        return pa.table(
            {
                name: pa.array(values, type=pa.list_(kinds[name])) if name in kinds else values
                for name, values in columns.items()
            }
        )

    @property
    def memorized(self) -> NDArray[np.bool_]:
        """Whether each sample is a copy [rows]: of its caption's duplicate, or of any image where there is none."""
        own = (self.duplicate == NONE) | (self.nearest == self.duplicate)
        return np.asarray(own & (self.first < RATIO * self.second))

    @property
    def other_copies(self) -> NDArray[np.bool_]:
        """Whether each sample is a copy of another training image than its caption's duplicate [rows]."""
        other = (self.duplicate != NONE) & (self.nearest != self.duplicate)
        return np.asarray(other & (self.first < RATIO * self.second))

    @cached_property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """What is averaged over the samples of a subset, by metric [rows]."""
        values = {
            metrics.MEMORIZED: self.memorized,
            metrics.OTHERS: self.other_copies,
            metrics.ALIGNED: self.aligned,
            metrics.COSINE: self.cosine,
            metrics.MARGIN: self.margin,
            metrics.DIVERSITY: self.apart,
            metrics.REAL: self.real,
            metrics.FIRST_NORM: self.guidance,
            metrics.NOISE_NORM: self.length,
            metrics.EVALUATIONS: self.evaluations,
            metrics.BACKWARD: self.backward,
            metrics.SECONDS: self.seconds,
        }
        return {metric.name: np.asarray(column, dtype=np.float64) for metric, column in values.items()}

    @cached_property
    def points(self) -> tuple[str, ...]:
        """The subsets of the sweep, from weak to strong."""
        return tuple(point for point in POINTS if (self.subset == point).any())

    @cached_property
    def by_caption(self) -> dict[str, NDArray[np.float64]]:
        """Means by metric, subset (plain, the points, unconditional) and caption [P + 2, captions]."""
        order = (PLAIN, *self.points, FREE)
        captions = np.unique(self.caption[self.subset == PLAIN])
        cells = [[(self.subset == subset) & (self.caption == caption) for caption in captions] for subset in order]
        return {
            name: np.array([[column[cell].mean() for cell in row] for row in cells])
            for name, column in self.columns.items()
        }

    def sweep(self, captions: NDArray[np.int64] | None = None) -> Sweep:
        """Return the sweep over all captions, or over these numbers of them."""
        rows = slice(None) if captions is None else captions
        return Sweep.of({name: values[:, rows].mean(axis=1) for name, values in self.by_caption.items()})

    @cached_property
    def escapes(self) -> NDArray[np.int64]:
        """The first point, from 1, at which each sample that plain guidance memorizes is no copy."""
        trapped = self.memorized[self.subset == PLAIN]
        free = np.array([~self.memorized[self.subset == point][trapped] for point in self.points])
        return np.where(free.any(axis=0), free.argmax(axis=0) + 1, len(free) + 1)

    def value(self, column: Column) -> Value | None:
        """Return a mean over a subset, or what follows from the whole sweep."""
        if column in self.measured:
            return self.measured[column]
        if column.subset != SWEEP:
            rows = self.subset == column.subset
            if column.metric not in self.columns or not rows.any():
                return None
            if column.metric == metrics.COSINE.name and (self.duplicate[rows] == NONE).any():
                return None
            return Value(float(self.columns[column.metric][rows].mean()), int(rows.sum()))
        if column.metric == metrics.ESCAPED.name:
            return Value(float(self.escapes.mean()), len(self.escapes)) if len(self.escapes) else None
        value = self.sweep().value(column.metric)
        return None if value is None else Value(value, int((self.subset == PLAIN).sum()))

    def resampled(self, column: Column) -> Resampled | None:
        """Return a column of the sweep on resamples of the captions."""
        if column.subset != SWEEP or column.metric == metrics.ESCAPED.name:
            return None
        count = len(self.by_caption[metrics.MEMORIZED.name][0])
        draws = np.random.default_rng(0).integers(count, size=(RESAMPLES, count))
        values = [self.sweep(draw).value(column.metric) for draw in draws]
        if None in values:
            return None
        return Resampled(np.array(values, dtype=np.float64), "bootstrap over captions")
