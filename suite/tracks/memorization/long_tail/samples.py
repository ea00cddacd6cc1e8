"""What a cell with a long tail leaves behind."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from suite.contracts import Column, Resampled, Value
from suite.tracks.memorization import metrics
from suite.tracks.memorization.long_tail.metrics import COSTS, GROUPS, WORST, part
from suite.tracks.memorization.long_tail.sweep import TailSweep
from suite.tracks.memorization.metrics import FREE, PLAIN, SWEEP
from suite.tracks.memorization.rows import RESAMPLES
from suite.tracks.memorization.samples import MitigationSamples

OWN = (WORST.name, *(cost.name for cost in COSTS.values()))


class TailSamples(MitigationSamples):
    """The rows of a sweep, of its anchors, and of both groups of ordinary captions at each of them."""

    @cached_property
    def by_group(self) -> dict[str, NDArray[np.bool_]]:
        """Whether each sample of a group keeps to its caption, by point as in `by_caption` [P + 2, samples]."""
        order = (PLAIN, *self.points, FREE)
        return {
            group: np.array([self.aligned[self.subset == part(group, subset)] for subset in order]) for group in GROUPS
        }

    def tail(self, captions: NDArray[np.int64] | None = None, rng: np.random.Generator | None = None) -> TailSweep:
        """Return the sweep over all samples, or over these special captions and as many samples drawn of each group."""
        aligned = {}
        for group, found in self.by_group.items():
            drawn = slice(None) if rng is None else rng.integers(found.shape[1], size=found.shape[1])
            aligned[group] = found[:, drawn].mean(axis=1)
        return TailSweep(self.sweep(captions), aligned)

    @override
    def value(self, column: Column) -> Value | None:
        if column.subset != SWEEP or column.metric not in OWN:
            return super().value(column)
        value = self.tail().value(column.metric)
        return None if value is None else Value(value, int((self.subset == PLAIN).sum()))

    def resampled(self, column: Column) -> Resampled | None:
        """Return a column of the sweep on resamples of special captions, and of the samples of either group."""
        if column.subset != SWEEP or column.metric not in OWN:
            return super().resampled(column)
        count, rng = len(self.by_caption[metrics.MEMORIZED.name][0]), np.random.default_rng(0)
        values = [self.tail(rng.integers(count, size=count), rng).value(column.metric) for _ in range(RESAMPLES)]
        return Resampled(
            np.array(values, dtype=np.float64), "bootstrap over special captions, and over samples of other groups"
        )
