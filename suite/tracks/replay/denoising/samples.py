"""The per-sample table of a cell, one row per task-1 sample and per task-2 image, and the scores that follow from it.

What is measured of a method as a whole stands in the table's metadata, so that a stored table gives every score again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Score
from suite.stats.correlation import partial_spearman, spearman
from suite.stats.sampled import normal_interval
from suite.tracks.replay.denoising.metrics import (
    CONTROLLED,
    ENERGY_CORRELATION,
    ERROR,
    FORGETTING,
    METRICS,
    NEW_ERROR,
    VARIANCE_CORRELATION,
)

if TYPE_CHECKING:
    import pyarrow as pa

MEASURED = b"basin-suite.measured"
BASIS = "normal approximation over samples"
ALL, NOT_REPLAYED, NEW = "all", "not replayed", "new task"
DECILES = tuple(f"decile-{number}" for number in range(1, 11))
SUBSETS = (ALL, NOT_REPLAYED, *DECILES, NEW)
RESAMPLES = 1000


@dataclass(frozen=True)
class Images:
    """Images of a task: rows in the data set and labels [N], error of each before and after task 2 [N]."""

    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]


@dataclass(frozen=True)
class Retained:
    """What a method left of the first task, and what it cost.

    Attributes:
        old: all samples of task 1.
        energy, variance: of each of them, Hopfield energy and variance of its pixels [N].
        decile: of the energy, 1 the lowest [N].
        replayed: whether it was in the buffer [N].
        new: images of task 2.
        measured: metric -> (value, how many samples it is from).
    """

    old: Images
    energy: NDArray[np.float64]
    variance: NDArray[np.float64]
    decile: NDArray[np.int64]
    replayed: NDArray[np.bool_]
    new: Images
    measured: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def forgetting(self) -> NDArray[np.float64]:
        """The rise of each task-1 sample's error [N]."""
        return self.old.after - self.old.before

    def part(self, column: Column) -> NDArray[np.float64] | None:
        """Return the values that the column is the mean of, or None if it is no mean or has none."""
        places = self._places(column.subset)
        if column.metric == NEW_ERROR.name and column.subset == NEW:
            return self.new.after
        if column.metric == ERROR.name and column.subset == ALL:
            return self.old.after
        if column.metric != FORGETTING.name or places is None or not places.any():
            return None
        return self.forgetting[places]

    def correlation(self, metric: str) -> float | None:
        """Return a correlation over task-1 samples, or None for other metrics."""
        if metric == ENERGY_CORRELATION.name:
            return spearman(self.energy, self.forgetting)
        if metric == CONTROLLED.name:
            return partial_spearman(self.energy, self.forgetting, self.variance)
        if metric == VARIANCE_CORRELATION.name:
            return spearman(self.variance, self.forgetting)
        return None

    def scores(self) -> tuple[Score, ...]:
        """Return every score, in the order of the metrics."""
        found = []
        for metric in METRICS:
            correlation = self.correlation(metric.name)
            value, count = self.measured.get(metric.name, (correlation, len(self.energy)))
            if value is not None:
                found.append(Score(metric=metric.name, subset=ALL, value=value, n=count))
            for subset in SUBSETS:
                values = self.part(Column(metric=metric.name, subset=subset))
                if values is not None:
                    interval = normal_interval({subset: values}, basis=BASIS)
                    mean = float(values.mean())
                    found.append(Score(metric=metric.name, subset=subset, value=mean, n=len(values), interval=interval))
        return tuple(found)

    def resampled(self, column: Column, draw: NDArray[np.int64]) -> float | None:
        """Return a column's value over task-1 samples ``draw`` [N], with repeats, or None if it has none."""
        old = Images(*(values[draw] for values in vars(self.old).values()))
        columns = {name: getattr(self, name)[draw] for name in ("energy", "variance", "decile", "replayed")}
        drawn = replace(self, old=old, **columns)
        if column.subset == ALL and (correlation := drawn.correlation(column.metric)) is not None:
            return correlation
        values = drawn.part(column) if column.subset == NOT_REPLAYED else None
        return None if values is None else float(values.mean())

    def _places(self, subset: str) -> NDArray[np.bool_] | None:
        if subset == ALL:
            return np.ones(len(self.energy), dtype=bool)
        if subset == NOT_REPLAYED:
            return ~self.replayed
        return self.decile == DECILES.index(subset) + 1 if subset in DECILES else None


def deciles(energy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the decile of each energy [N], 1 to 10, of sizes that differ by one at most; ties go by their order."""
    place = np.empty(len(energy), dtype=np.int64)
    place[np.argsort(energy, kind="stable")] = np.arange(len(energy))
    return place * 10 // len(energy) + 1


def influence(table: pa.Table, column: Column) -> Mapping[str, NDArray[np.float64]] | None:
    """Return each sample's value where a column is their mean, over samples that are the same for every method."""
    values = None if column.subset == NOT_REPLAYED else from_table(table).part(column)
    return None if values is None else {column.subset: values}


def resamples(tables: Sequence[pa.Table], column: Column) -> list[NDArray[np.float64]] | None:
    """Return a column's value on the same `RESAMPLES` resamples of task 1 [R] for each table, or None."""
    methods = [from_table(table) for table in tables]
    count = len(methods[0].energy)
    draws = np.random.default_rng(0).integers(count, size=(RESAMPLES, count))
    found = []
    for method in methods:
        values = [method.resampled(column, draw) for draw in draws]
        if None in values:
            return None
        found.append(np.array(values, dtype=np.float64))
    return found


def to_table(retained: Retained) -> pa.Table:
    """Return the table; what is known of task-1 samples alone is null for images of task 2."""
    import pyarrow as pa

    counts = (len(retained.old.rows), len(retained.new.rows))
    joined = {
        "row": np.concatenate([retained.old.rows, retained.new.rows]),
        "label": np.concatenate([retained.old.labels, retained.new.labels]),
        "before": np.concatenate([retained.old.before, retained.new.before]),
        "after": np.concatenate([retained.old.after, retained.new.after]),
    }
    of_old = {name: getattr(retained, name) for name in ("energy", "variance", "decile", "replayed")}
    padded = {name: pa.array([*values.tolist(), *[None] * counts[1]]) for name, values in of_old.items()}
    table = pa.table({"subset": np.repeat([ALL, NEW], counts), **joined, **padded})
    return table.replace_schema_metadata({MEASURED: json.dumps(retained.measured).encode()})


def from_table(table: pa.Table) -> Retained:
    """Return what a table says."""
    is_new = np.asarray(table["subset"].to_pylist()) == NEW
    columns = {name: np.asarray(table[name].to_pylist()) for name in ("row", "label", "before", "after")}
    old, new = (Images(*(values[chosen] for values in columns.values())) for chosen in (~is_new, is_new))
    kinds = {"energy": np.float64, "variance": np.float64, "decile": np.int64, "replayed": np.bool_}
    of_old = {name: np.array(table[name].to_pylist(), dtype=object)[~is_new].astype(kinds[name]) for name in kinds}
    measured = json.loads((table.schema.metadata or {}).get(MEASURED, b"{}"))
    return Retained(old=old, new=new, measured={name: (value, n) for name, (value, n) in measured.items()}, **of_old)
