"""What a cell of detection leaves behind: a score and the truth for each sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Resampled, Samples, Value
from suite.tracks.memorization.detection import metrics
from suite.tracks.memorization.detection.metrics import CAPTIONS, COPIES, FALSE, WITHIN
from suite.tracks.memorization.detection.rates import auroc, found_at

RESAMPLES = 400
RATES: dict[str, Callable[[NDArray[np.float64], NDArray[np.bool_]], float]] = {
    metrics.AUROC.name: auroc,
    metrics.FOUND.name: lambda scores, suspicious: found_at(scores, suspicious, FALSE),
}


@dataclass(frozen=True)
class GuidedSamples(Samples):
    """Samples under plain guidance, of special captions and of ordinary ones [N].

    Attributes:
        caption: number of the caption; ordinary ones are numbered apart from special ones.
        special: whether the caption is a special one; copy: whether the sample is a copy.
        score: the detector's.
    """

    caption: NDArray[np.int64]
    special: NDArray[np.bool_]
    copy: NDArray[np.bool_]
    score: NDArray[np.float64]

    def value(self, column: Column) -> Value | None:
        """Return a rate on a subset, or None where one kind of samples is missing."""
        if column in self.measured:
            return self.measured[column]
        return self._rate(column, np.arange(len(self.score)))

    def resampled(self, column: Column) -> Resampled | None:
        """Return a rate on resamples of the captions, special and ordinary ones apart."""
        if column in self.measured:
            return None
        rng, values = np.random.default_rng(0), []
        of_kinds = [np.unique(self.caption[self.special == kind]) for kind in (True, False)]
        rows = {caption: np.flatnonzero(self.caption == caption) for caption in np.unique(self.caption)}
        for _ in range(RESAMPLES):
            drawn = [caption for kind in of_kinds for caption in rng.choice(kind, len(kind))]
            value = self._rate(column, np.concatenate([rows[caption] for caption in drawn]))
            if value is None:
                return None
            values.append(value.value)
        return Resampled(np.array(values), "bootstrap over captions")

    def _rate(self, column: Column, rows: NDArray[np.int64]) -> Value | None:
        if column.metric not in (metrics.AUROC.name, metrics.FOUND.name):
            return None
        if column.subset == CAPTIONS:
            return self._of(column.metric, rows, self.special)
        rows = rows[self.special[rows]]
        if column.subset == COPIES:
            return self._of(column.metric, rows, self.copy)
        if column.subset != WITHIN or column.metric != metrics.AUROC.name:
            return None  # of the few samples of one caption, no threshold lets one in a hundred pass
        counted = Counter(self.caption[rows].tolist())  # a resample has some captions several times
        rates = {k: self._of(column.metric, np.flatnonzero(self.caption == k), self.copy) for k in counted}
        found = [(rate.value, counted[k] / rate.n) for k, rate in rates.items() if rate is not None]
        if not found:
            return None
        values, weights = zip(*found, strict=True)
        return Value(float(np.average(values, weights=weights)), len(found))

    def _of(self, metric: str, rows: NDArray[np.int64], truth: NDArray[np.bool_]) -> Value | None:
        if truth[rows].all() or not truth[rows].any():
            return None
        return Value(RATES[metric](self.score[rows], truth[rows]), len(rows))
