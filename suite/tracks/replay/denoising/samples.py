"""What a cell of the generative arm leaves behind: a row for each task-1 sample, then one for each image of task 2."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Picture, Resampled, Samples, Value
from suite.contracts.samples import MEASURED
from suite.stats.correlation import partial_spearman, spearman
from suite.stats.sampled import normal_interval
from suite.tracks.replay.cost import with_measured
from suite.tracks.replay.denoising.metrics import (
    ALL,
    CONTROLLED,
    DECILES,
    ENERGY_CORRELATION,
    ERROR,
    FORGETTING,
    NEW,
    NEW_ERROR,
    NOT_REPLAYED,
    VARIANCE_CORRELATION,
)

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = NDArray[np.float64]
BASIS = "normal approximation over samples"
RESAMPLES = 1000
ABSENT = {"energy": np.nan, "variance": np.nan, "decile": 0, "replayed": False}
"""What is known of task-1 samples alone, with what stands for it in the rows of task 2; null in the table."""


@dataclass(frozen=True)
class DenoisingSamples(Samples):
    """Images of both tasks, those of task 1 first [rows].

    Attributes:
        subset: ``all`` for samples of task 1, ``new task`` for images of task 2.
        row, label: of the image in its data set.
        before, after: its reconstruction error before and after task 2.
        energy, variance: Hopfield energy of a task-1 sample, and variance of its pixels.
        decile: of the energy, 1 the lowest.
        replayed: whether the sample was in the buffer.
    """

    subset: NDArray[np.str_]
    row: NDArray[np.int64]
    label: NDArray[np.int64]
    before: Numbers
    after: Numbers
    energy: Numbers
    variance: Numbers
    decile: NDArray[np.int64]
    replayed: NDArray[np.bool_]

    def table(self) -> pa.Table:
        """Return a column for each array."""
        import pyarrow as pa

        table, is_new = super().table(), self.subset == NEW
        for name in ABSENT:
            values = pa.array(getattr(self, name), mask=is_new)
            table = table.set_column(table.column_names.index(name), name, values)
        return table

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the samples of a stored table."""
        measured = json.loads((table.schema.metadata or {}).get(MEASURED, b"[]"))
        if isinstance(measured, dict):  # metric -> (value, n), as earlier versions had it under the same key
            table = with_measured(table, measured, ALL)
        for name, value in ABSENT.items():
            table = table.set_column(table.column_names.index(name), name, table[name].fill_null(value))
        return super().read(table)

    @property
    def forgetting(self) -> Numbers:
        """The rise of each image's error [rows]."""
        return self.after - self.before

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, or None if these samples have none there."""
        if column.metric in CORRELATIONS and column.subset == ALL:
            rows = np.flatnonzero(self.subset == ALL)
            return Value(self.correlation(column.metric, rows), len(rows))
        values = self.averaged(column)
        if values is None or column.subset != NOT_REPLAYED:
            return super().value(column)
        interval = normal_interval({NOT_REPLAYED: values}, basis=BASIS)
        return Value(float(values.mean()), len(values), interval=interval)

    def influence(self, column: Column) -> Influence | None:
        """Return each image's value where a column is their mean, over images that are the same for every method."""
        values = None if column.subset == NOT_REPLAYED else self.averaged(column)
        return None if values is None else Influence({column.subset: values}, BASIS)

    def resampled(self, column: Column) -> Resampled | None:
        """Return correlations, and forgetting of what was not replayed, on resamples of task 1."""
        count = int((self.subset == ALL).sum())
        draws = np.random.default_rng(0).integers(count, size=(RESAMPLES, count))
        if column.metric in CORRELATIONS and column.subset == ALL:
            values = [self.correlation(column.metric, draw) for draw in draws]
        elif column == Column(metric=FORGETTING.name, subset=NOT_REPLAYED):
            parts = [self.forgetting[draw[~self.replayed[draw]]] for draw in draws]
            if not all(map(len, parts)):
                return None
            values = [float(part.mean()) for part in parts]
        else:
            return None
        return Resampled(np.array(values), "bootstrap over samples")

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return forgetting by energy, of deciles and of each sample; nothing for images of task 2."""
        from suite.tracks.replay.denoising.pictures import by_decile, by_sample

        if subset != ALL:
            return ()
        rows = self.subset == ALL
        names = ("row", "label", "energy", "forgetting", "decile", "replayed")
        columns = {name: getattr(self, name)[rows] for name in names}
        return by_decile(columns), by_sample(columns, self.correlation(ENERGY_CORRELATION.name, rows))

    def averaged(self, column: Column) -> Numbers | None:
        """Return the values that the column is the mean of, or None if it is no mean or has none."""
        if column.metric == FORGETTING.name and column.subset != NEW:
            values = self.forgetting[self._rows(column.subset)]
        elif (column.metric, column.subset) in ((ERROR.name, ALL), (NEW_ERROR.name, NEW)):
            values = self.after[self._rows(column.subset)]
        else:
            return None
        return values if len(values) else None

    def correlation(self, metric: str, rows: NDArray[np.int64] | NDArray[np.bool_]) -> float:
        """Return one of `CORRELATIONS` over rows of task 1.

        Raises:
            KeyError: the metric is another.
        """
        energy, variance, forgetting = (values[rows] for values in (self.energy, self.variance, self.forgetting))
        return CORRELATIONS[metric](energy, variance, forgetting)

    def _rows(self, subset: str) -> NDArray[np.bool_]:
        if subset == NOT_REPLAYED:
            return np.asarray(self.subset == ALL) & ~self.replayed
        if subset in DECILES:
            return np.asarray(self.decile == DECILES.index(subset) + 1)
        return np.asarray(self.subset == subset)


CORRELATIONS: Mapping[str, Callable[[Numbers, Numbers, Numbers], float]] = {
    ENERGY_CORRELATION.name: lambda energy, variance, forgetting: spearman(energy, forgetting),
    CONTROLLED.name: lambda energy, variance, forgetting: partial_spearman(energy, forgetting, variance),
    VARIANCE_CORRELATION.name: lambda energy, variance, forgetting: spearman(variance, forgetting),
}


def deciles(energy: Numbers) -> NDArray[np.int64]:
    """Return the decile of each energy [N], 1 to 10, of sizes that differ by one at most; ties go by their order."""
    place = np.empty(len(energy), dtype=np.int64)
    place[np.argsort(energy, kind="stable")] = np.arange(len(energy))
    return place * 10 // len(energy) + 1
