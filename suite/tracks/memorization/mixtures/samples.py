"""What a cell of detection on a mixture leaves behind: a score and the truth for each sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Resampled, Samples, Value
from suite.tracks.memorization.detection.metrics import AUROC
from suite.tracks.memorization.detection.rates import auroc, found_at, threshold
from suite.tracks.memorization.mixtures.metrics import AFTER, BEFORE, KEPT, REMOVED, SAMPLES

RESAMPLES = 400


@dataclass(frozen=True)
class SupportSamples(Samples):
    """Samples of a mixture [N].

    Attributes:
        mode: the nearest mode; distance: from it, in its standard deviations.
        outside: whether that is out of support.
        score: the detector's.
    """

    mode: NDArray[np.int64]
    distance: NDArray[np.float64]
    outside: NDArray[np.bool_]
    score: NDArray[np.float64]

    def value(self, column: Column) -> Value | None:
        """Return a rate of all samples, or None where one kind of samples is missing."""
        if column in self.measured:
            return self.measured[column]
        return self._rate(column.metric, np.arange(len(self.score))) if column.subset == SAMPLES else None

    def resampled(self, column: Column) -> Resampled | None:
        """Return a rate on resamples of the samples, those out of support apart unless how many there are counts."""
        if column in self.measured or column.subset != SAMPLES:
            return None
        values, rng = [], np.random.default_rng(0)
        apart = column.metric not in (BEFORE.name, AFTER.name)
        every = np.arange(len(self.score))
        kinds = [every[self.outside], every[~self.outside]] if apart else [every]
        for _ in range(RESAMPLES):
            value = self._rate(column.metric, np.concatenate([rng.choice(rows, len(rows)) for rows in kinds]))
            if value is None:
                return None
            values.append(value.value)
        basis = "bootstrap over samples" + (", those out of support apart" if apart else "")
        return Resampled(np.array(values), basis)

    def _rate(self, metric: str, rows: NDArray[np.int64]) -> Value | None:
        scores, outside = self.score[rows], self.outside[rows]
        if metric == BEFORE.name:
            return Value(float(outside.mean()), len(rows))
        if outside.all():
            return None
        if metric == AFTER.name:
            return Value(float(outside[scores <= threshold(scores[~outside], 1 - KEPT)].mean()), len(rows))
        if not outside.any():
            return None
        if metric == AUROC.name:
            return Value(auroc(scores, outside), len(rows))
        return Value(found_at(scores, outside, 1 - KEPT), int(outside.sum())) if metric == REMOVED.name else None
