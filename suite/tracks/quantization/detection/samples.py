"""Test and OOD images with what the quantized network and its FP32 original make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from suite.contracts import Column, Influence, Samples, Value
from suite.measures.detection import DELONG, INSIDE, auroc_influence
from suite.measures.probabilities import BRIER, CALIBRATION, LOG, calibration
from suite.stats.influence import Strata, combined, ratio
from suite.stats.sampled import estimate
from suite.tracks.quantization.detection.metrics import AUROC, KEPT, LEAD
from suite.tracks.quantization.metrics import ACCURACY, DROP
from suite.tracks.quantization.samples import TEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETECTORS = ("energy", "knn")
GROUPS = ("near", "far")
HARDEST = "hardest-classes"
TOLD = "accuracy"
"""The subset of what is kept of accuracy."""
LEAST = 0.05
"""Of what the FP32 network has above chance: with less there is nothing to keep."""


@dataclass(frozen=True)
class KeptSamples(Samples):
    """The test images, subset ``test``, then the OOD images, ``near/<set>`` and ``far/<set>``; arrays [N].

    Attributes:
        row: in its data set.
        label: the class; -1 for OOD.
        reference, predicted: the classes that the FP32 and the quantized network say.
        reference_energy, energy, reference_knn, knn: detectors' scores on each, higher = more like training.
        confidence: the quantized network's largest probability.
        log_score, brier_score: of its probabilities; 0 for OOD.
        hard: whether the label is one of the classes on which the FP32 network does worst on validation images.
        sets: how many OOD sets the task has in each group; of the class, as ``classes``, the number of classes.
    """

    subset: NDArray[np.object_]
    row: NDArray[np.int64]
    label: NDArray[np.int64]
    reference: NDArray[np.int64]
    predicted: NDArray[np.int64]
    reference_energy: NDArray[np.float64]
    energy: NDArray[np.float64]
    reference_knn: NDArray[np.float64]
    knn: NDArray[np.float64]
    confidence: NDArray[np.float64]
    log_score: NDArray[np.float64]
    brier_score: NDArray[np.float64]
    hard: NDArray[np.bool_]
    sets: ClassVar[Mapping[str, int]] = {}
    classes: ClassVar[int] = 0

    def value(self, column: Column) -> Value | None:
        """Return a value: the calibration error here, the others by influence; partial where an OOD set is missing."""
        if column == Column(metric=CALIBRATION, subset=TEST):
            inside = self.subset == TEST
            return calibration([(self.confidence[inside], np.equal(self.predicted, self.label)[inside])])
        found = super().value(column)
        group = column.subset.partition("-")[0]
        if found is None or group not in GROUPS or len(self._sets(group)) == self.sets[group]:
            return found
        return Value(found.value, found.n, partial=True)

    def influence(self, column: Column) -> Influence | None:
        """Return each image's part in a column: exact for shares, DeLong's for AUROC, to first order for ratios."""
        metric, subset = column.metric, column.subset
        if subset in (TEST, HARDEST) and metric in (ACCURACY.name, DROP.name):
            members = self.hard if subset == HARDEST else self.subset == TEST
            now, was = ((said == self.label)[members].astype(np.float64) for said in (self.predicted, self.reference))
            return Influence({subset: now if metric == ACCURACY.name else was - now})
        if subset == TEST and metric in (LOG, BRIER):
            return Influence({TEST: getattr(self, metric)[self.subset == TEST]})
        group, _, detector = subset.partition("-")
        detectors = (detector,) if detector else DETECTORS
        if group in GROUPS and not self._sets(group):
            return None
        if metric == AUROC.name and group in GROUPS:
            return Influence(combined([(1 / len(detectors), self._auroc(group, each)) for each in detectors]), DELONG)
        if metric == KEPT.name and (subset == TOLD or group in GROUPS):
            return Influence(self._kept(group, detectors), f"{DELONG}, to first order")
        if metric == LEAD.name and group in GROUPS:
            kept, told = self._kept(group, detectors), self._kept(TOLD, ())
            return Influence(combined([(1, kept), (-1, told)]), f"{DELONG}, to first order")
        return None

    def _sets(self, group: str) -> list[str]:
        return [name for name in dict.fromkeys(self.subset) if name.startswith(f"{group}/")]

    def _auroc(self, group: str, scores_of: str) -> Strata:
        scores: NDArray[np.float64] = getattr(self, scores_of)
        outside = [scores[self.subset == name] for name in self._sets(group)]
        return auroc_influence(scores[self.subset == TEST], outside)

    def _kept(self, group: str, detectors: tuple[str, ...]) -> Strata:
        """Return the influence on what is kept of accuracy, or of detectors in the mean."""
        if group == TOLD:
            inside = self.subset == TEST
            now, was = ((said == self.label)[inside].astype(np.float64) for said in (self.predicted, self.reference))
            return _share({INSIDE: now}, {INSIDE: was}, 1 / self.classes)
        kept = [_share(self._auroc(group, each), self._auroc(group, f"reference_{each}"), 0.5) for each in detectors]
        return combined([(1 / len(kept), each) for each in kept])


def _share(now: Strata, was: Strata, chance: float) -> Strata:
    """Return the influence on what is above chance, over what was.

    Raises:
        ValueError: too little was.
    """
    if estimate(was) - chance < LEAST:
        raise ValueError(
            f"the FP32 network is {100 * (estimate(was) - chance):.1f} points above chance, so there is nothing to keep"
        )
    return ratio(combined([(1, now)], -chance), combined([(1, was)], -chance))
