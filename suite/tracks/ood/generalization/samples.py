"""What a cell leaves behind: what the network says of each test image, from which all scores follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Picture, Samples, Value
from suite.measures.detection import DELONG, auroc_influence
from suite.measures.probabilities import calibration
from suite.tracks.ood.generalization.metrics import (
    ACCURACY,
    BRIER,
    CALIBRATION,
    CLEAN,
    DETECTION,
    ENERGY,
    LEAST,
    LOG,
    SHIFTED,
    WORST,
)
from suite.tracks.ood.pictures import detection_pictures
from suite.tracks.ood.samples import is_inside

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class PredictedSamples(Samples):
    """Test images, ``id``, ``csid/<set>``, ``near/<set>`` and ``far/<set>``; arrays [N].

    Attributes:
        row: in its data set.
        label: -1 for OOD.
        group: -1 where the task has none.
        predicted: class.
        log_confidence: logarithm of the largest probability.
        energy: logsumexp of the logits.
        log_score, brier_score: of the probabilities; 0 for OOD.
        sets: how many sets the task has in ``shifted``, ``near`` and ``far``; of the class.
    """

    subset: NDArray[np.object_]
    row: NDArray[np.int64]
    label: NDArray[np.int64]
    group: NDArray[np.int64]
    predicted: NDArray[np.int64]
    log_confidence: Numbers
    energy: Numbers
    log_score: Numbers
    brier_score: Numbers
    sets: ClassVar[Mapping[str, int]] = {}

    def named(self, subset: str) -> list[str]:
        """Return the sets that a column is over, of those that are at hand."""
        names = [str(name) for name in dict.fromkeys(self.subset)]
        if subset == SHIFTED:
            return [name for name in names if is_inside(name) and name != CLEAN]
        return [name for name in names if subset in (name, name.partition("/")[0])]

    def value(self, column: Column) -> Value | None:
        """Return a value: worst group and calibration here, the others by influence; partial where a set is missing."""
        names = self.named(column.subset)
        if not names:
            return None
        if column.metric == WORST.name:
            found = self._worst(names)
        elif column.metric == CALIBRATION.name:
            found = self._calibration(names)
        else:
            found = super().value(column)
        partial = len(names) < self.sets.get(column.subset, 1)
        return Value(found.value, found.n, True, found.interval) if found is not None and partial else found

    def influence(self, column: Column) -> Influence | None:
        """Return each image's part in a mean over images, or DeLong's for AUROC; the others have none."""
        names = self.named(column.subset)
        if not names:
            return None
        if column.metric in DETECTION:
            scores = self._scores(column.metric)
            outside = [scores[self.subset == name] for name in names if not is_inside(name)]
            return Influence(auroc_influence(scores[self.subset == CLEAN], outside), DELONG) if outside else None
        values = self._parts(column.metric)
        if values is None or not is_inside(names[0]):
            return None
        return Influence({name: values[self.subset == name] / len(names) for name in names})

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the histograms of the energy of clean ID and the subset's OOD, and its ROC curves."""
        scores = self._scores(ENERGY.name)
        outside = {name: scores[self.subset == name] for name in self.named(subset) if not is_inside(name)}
        return detection_pictures(scores[self.subset == CLEAN], outside, CLEAN) if outside else ()

    def _scores(self, metric: str) -> Numbers:
        return self.energy if metric == ENERGY.name else self.log_confidence

    def _parts(self, metric: str) -> Numbers | None:
        if metric == ACCURACY.name:
            return np.equal(self.predicted, self.label).astype(np.float64)
        return {LOG.name: self.log_score, BRIER.name: self.brier_score}.get(metric)

    def _worst(self, names: list[str]) -> Value | None:
        rows = np.isin(self.subset, names) & (self.group >= 0)
        hits, groups = (self.predicted == self.label)[rows], self.group[rows]
        counts = np.bincount(groups, minlength=1)
        large = counts >= LEAST
        if not large.any():
            return None
        shares = np.bincount(groups, hits, minlength=1)[large] / counts[large]
        return Value(float(shares.min()), int(counts[large].sum()))

    def _calibration(self, names: list[str]) -> Value | None:
        if not is_inside(names[0]):
            return None
        confidence, correct = np.exp(self.log_confidence), np.equal(self.predicted, self.label)
        return calibration([(confidence[rows], correct[rows]) for rows in self._masks(names)])

    def _masks(self, names: list[str]) -> list[NDArray[np.bool_]]:
        return [self.subset == name for name in names]
