"""Samples of a task that shows the same images in every test set, so that their sets are not independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suite.contracts import Column, Influence
from suite.tracks.ood.generalization.metrics import SHIFTED
from suite.tracks.ood.generalization.samples import PredictedSamples


@dataclass(frozen=True)
class RepeatedSamples(PredictedSamples):
    """As `PredictedSamples`, with the same images in the same order in each shifted set."""

    def influence(self, column: Column) -> Influence | None:
        """Return for the mean over sets each image's mean influence over them, as one sample."""
        influence = super().influence(column)
        if influence is None or column.subset != SHIFTED:
            return influence
        return Influence({SHIFTED: np.sum(list(influence.strata.values()), axis=0)}, influence.basis)
