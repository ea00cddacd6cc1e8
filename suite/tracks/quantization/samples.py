"""The per-sample table of a cell, one row per spec and test image, and the scores that follow from it.

What is measured of a model as a whole stands in the table's metadata, so that a stored table gives every score again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Interval, Metric, Score
from suite.stats.sampled import normal_interval
from suite.tracks.quantization.metrics import ACCURACY, AGREEMENT, DROP, LARGEST_SQNR, METRICS, SQNR

if TYPE_CHECKING:
    import pyarrow as pa

Measured = Mapping[tuple[str, str], tuple[float, int]]
"""Scores of a model as a whole: (metric, subset) -> (value, number of samples)."""
MEASURED = b"basin-suite.measured"
BASIS = "normal approximation over samples"


@dataclass(frozen=True)
class Judged:
    """One quantized model's answers on the test images.

    Attributes:
        subset: the column of the task's table, as ``W4A4``.
        rows, labels: of the test images [N].
        reference: what the FP32 model says [N].
        predicted: what the quantized one says [N].
        signal, noise: summed squares of the FP32 logits, and of the differences from them [N].
        measured: further scores by metric and subset, with the number of samples behind each.
    """

    subset: str
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    reference: NDArray[np.int64]
    predicted: NDArray[np.int64]
    signal: NDArray[np.float64]
    noise: NDArray[np.float64]
    measured: Measured = field(default_factory=dict)

    def influence(self, metric: str) -> NDArray[np.float64] | None:
        """Return each sample's part [N] in a metric that is a mean over samples, or None for the others."""
        correct = (self.predicted == self.labels).astype(np.float64)
        parts = {
            ACCURACY.name: correct,
            DROP.name: (self.reference == self.labels).astype(np.float64) - correct,
            AGREEMENT.name: (self.predicted == self.reference).astype(np.float64),
        }
        return parts.get(metric)

    @property
    def sqnr(self) -> float:
        """Signal over noise of the logits, in decibels."""
        noise = self.noise.sum()
        if noise == 0:
            return LARGEST_SQNR
        return float(min(10 * np.log10(max(self.signal.sum(), 1e-300) / noise), LARGEST_SQNR))

    def scores(self) -> list[Score]:
        """Return every score of this model."""
        n = len(self.rows)
        found = [Score(metric=SQNR.name, subset=self.subset, value=self.sqnr, n=n)]
        for metric in (ACCURACY, DROP, AGREEMENT):
            influence = self.influence(metric.name)
            assert influence is not None
            interval = _within(metric, normal_interval({"test": influence}, basis=BASIS))
            value = float(influence.mean())
            found.append(Score(metric=metric.name, subset=self.subset, value=value, n=n, interval=interval))
        for (name, subset), (value, count) in self.measured.items():
            found.append(Score(metric=name, subset=subset, value=value, n=count))
        return found


def _within(metric: Metric, interval: Interval | None) -> Interval | None:
    """Return an interval cut at the metric's bounds."""
    if interval is None:
        return None
    low, high = (-np.inf if bound is None else bound for bound in metric.bounds)
    return replace(interval, low=max(interval.low, low), high=min(interval.high, high))


def scores(models: Sequence[Judged]) -> tuple[Score, ...]:
    """Return the scores of all models in the order of the metrics."""
    order = [metric.name for metric in METRICS]
    found = [score for judged in models for score in judged.scores()]
    return tuple(sorted(found, key=lambda score: order.index(score.metric)))


def to_table(models: Sequence[Judged]) -> pa.Table:
    """Return the table; see the module."""
    import pyarrow as pa

    columns = ("rows", "labels", "reference", "predicted", "signal", "noise")
    joined = {name: np.concatenate([getattr(judged, name) for judged in models]) for name in columns}
    subsets = np.concatenate([np.repeat(judged.subset, len(judged.rows)) for judged in models])
    measured = [
        [judged.subset, metric, subset, value, count]
        for judged in models
        for (metric, subset), (value, count) in judged.measured.items()
    ]
    table = pa.table({"subset": subsets, **joined})
    return table.replace_schema_metadata({MEASURED: json.dumps(measured).encode()})


def from_table(table: pa.Table) -> list[Judged]:
    """Return the models of a table."""
    subsets = np.asarray(table["subset"].to_pylist())
    columns = {name: table[name].to_numpy() for name in table.column_names if name != "subset"}
    measured = json.loads((table.schema.metadata or {}).get(MEASURED, b"[]"))
    models = []
    for subset in dict.fromkeys(subsets.tolist()):
        own = {name: values[subsets == subset] for name, values in columns.items()}
        of_model = {(metric, place): (value, n) for model, metric, place, value, n in measured if model == subset}
        models.append(Judged(subset=subset, measured=of_model, **own))
    return models


def influence(table: pa.Table, column: Column) -> Mapping[str, NDArray[np.float64]] | None:
    """Return each sample's influence on a column that is a mean over samples, or None."""
    for judged in from_table(table):
        if judged.subset == column.subset:
            found = judged.influence(column.metric)
            return None if found is None else {"test": found}
    return None
