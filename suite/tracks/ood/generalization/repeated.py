"""Samples of a task whose shifted sets share images, so that the sets are not independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suite.contracts import Column, Influence
from suite.tracks.ood.generalization.metrics import SHIFTED
from suite.tracks.ood.generalization.samples import PredictedSamples


@dataclass(frozen=True)
class RepeatedSamples(PredictedSamples):
    """As `PredictedSamples`, where one row in several shifted sets is one image; no row is twice in a set."""

    def influence(self, column: Column) -> Influence | None:
        """Return for the mean over sets each image's influence, over all sets that it is in, as one sample."""
        influence = super().influence(column)
        if influence is None or column.subset != SHIFTED:
            return influence
        rows = [self.row[self.subset == name] for name in influence.strata]
        images = np.unique(np.concatenate(rows))
        if all(np.array_equal(part, rows[0]) for part in rows):
            return Influence({SHIFTED: np.sum(list(influence.strata.values()), axis=0)}, influence.basis)
        parts = list(zip(rows, influence.strata.values(), strict=True))
        together = np.full(len(images), sum(values.mean() for _, values in parts))
        for part, values in parts:
            together[np.searchsorted(images, part)] += (values - values.mean()) * (len(images) / len(values))
        return Influence({SHIFTED: together}, influence.basis)
