"""What a cell of the track leaves behind: every test sample with its score, from which all else follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Picture, Resampled, Samples, Value
from suite.measures.detection import DELONG, Scores, auroc_influence
from suite.tracks.ood.bootstrap import RESAMPLED, resampled
from suite.tracks.ood.metrics import AUROC, DETECTION, ID_ACCURACY
from suite.tracks.ood.pictures import detection_pictures, roc_picture
from suite.tracks.ood.uncertainty import BOOTSTRAP, INTERVALS

GROUPS = ("near", "far")
MEAN = "mean"


@dataclass(frozen=True)
class ScoredSamples(Samples):
    """Test samples with a method's scores, all arrays [N].

    Attributes:
        subset: the name of the test split.
        row: in its data set.
        score: higher = more in-distribution.
        predicted: class.
        label: -1 outside the distribution.
    """

    subset: NDArray[np.object_]
    row: NDArray[np.int64]
    score: Scores
    predicted: NDArray[np.int64]
    label: NDArray[np.int64]

    def correct(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether the class of each of the chosen samples is predicted."""
        return np.equal(self.predicted[rows], self.label[rows])


@dataclass(frozen=True)
class DetectionSamples(ScoredSamples):
    """The samples of a task without shift: ``id``, ``csid/<set>`` (covariate-shifted, counts as ID), ``near/<set>``,
    ``far/<set>``.

    Attributes:
        sets: how many sets the task has in each group; of the class, since samples do not tell what is missing.
    """

    sets: ClassVar[Mapping[str, int]] = {}

    @cached_property
    def scores(self) -> dict[str, Scores]:
        """The scores of each subset."""
        return {name: self.score[self.subset == name] for name in dict.fromkeys(self.subset)}

    @cached_property
    def inside(self) -> Scores:
        """The scores of all that counts as in-distribution, pooled."""
        return np.concatenate([scores for name, scores in self.scores.items() if is_inside(name)])

    def compared(self, subset: str) -> tuple[Scores, dict[str, Scores]]:
        """Return the ID scores and the sets of OOD scores that the columns of a subset compare.

        All ID is compared with one OOD set, or with each set of a group; one shifted set with each near-OOD set.
        """
        if subset in GROUPS:
            return self.inside, self._group(subset)
        if is_inside(subset):
            return self.scores[subset], self._group("near") if subset != "id" else {}
        return self.inside, {subset: self.scores[subset]} if subset in self.scores else {}

    def _group(self, group: str) -> dict[str, Scores]:
        return {name: scores for name, scores in self.scores.items() if name.startswith(f"{group}/")}

    def value(self, column: Column) -> Value | None:
        """Return a metric's value, with its interval for both FPR95; that of AUROC follows from its influence.

        A value over several OOD sets is their unweighted mean. It is partial when one of them is missing, and None when
        all are.
        """
        metric, subset = column.metric, column.subset
        if metric == ID_ACCURACY.name:
            correct = self.correct(self.subset == subset)
            return Value(float(correct.mean()), len(correct)) if is_inside(subset) else None
        inside, named = self.compared(subset)
        outside = list(named.values())
        if not outside:
            return None
        group = "near" if is_inside(subset) else subset
        return Value(
            value=float(np.mean([DETECTION[metric](inside, scores) for scores in outside])),
            n=len(outside) if group in GROUPS else len(inside) + len(outside[0]),
            partial=len(outside) < self.sets.get(group, 0),
            interval=INTERVALS[metric](inside, outside) if metric in INTERVALS else None,
        )

    def influence(self, column: Column) -> Influence | None:
        """Return DeLong's placement values for AUROC; the other metrics have none."""
        inside, outside = self.compared(column.subset)
        if column.metric != AUROC.name or not outside:
            return None
        return Influence(auroc_influence(inside, list(outside.values())), DELONG)

    def resampled(self, column: Column) -> Resampled | None:
        """Return AUROC or an FPR95 on stratified resamples; the other metrics have none."""
        inside, outside = self.compared(column.subset)
        if column.metric not in RESAMPLED or not outside:
            return None
        return Resampled(resampled(inside, list(outside.values()), column.metric), BOOTSTRAP)

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the histograms of what the subset's columns compare, and its ROC curves."""
        inside, outside = self.compared(subset)
        return detection_pictures(inside, outside, subset if is_inside(subset) else "id") if outside else ()


def is_inside(subset: str) -> bool:
    """Tell whether the samples of a subset count as in-distribution."""
    return subset == "id" or subset.startswith("csid/")


@dataclass(frozen=True)
class ShiftedSamples(ScoredSamples):
    """The samples of a task that shifts, ``id`` and ``ood``: at each ``level`` [N] the same ones, shifted further."""

    level: NDArray[np.int64]

    def rows(self, subset: str, column: str) -> list[NDArray[np.bool_]]:
        """Return which samples ``id`` or ``ood`` are [N], at each of the levels that a column is over."""
        numbers = np.unique(self.level)
        return [
            (self.level == number) & (self.subset == subset)
            for place, number in enumerate(numbers)
            if column in (MEAN, f"level-{place}")
        ]

    def pairs(self, column: str) -> list[tuple[Scores, Scores]]:
        """Return the ID and the OOD scores at each of the levels that a column is over."""
        masks = zip(self.rows("id", column), self.rows("ood", column), strict=True)
        return [(self.score[inside], self.score[outside]) for inside, outside in masks]

    def value(self, column: Column) -> Value:
        """Return a metric's value, the unweighted mean over levels."""
        if column.metric == ID_ACCURACY.name:
            correct = [self.correct(rows) for rows in self.rows("id", column.subset)]
            return Value(float(np.mean(correct)), len(correct[0]))
        pairs = self.pairs(column.subset)
        values = [DETECTION[column.metric](*pair) for pair in pairs]
        return Value(float(np.mean(values)), sum(map(len, pairs[0])))

    def influence(self, column: Column) -> Influence | None:
        """Return each sample's mean influence over the levels on their mean AUROC; the other metrics have none."""
        if column.metric != AUROC.name:
            return None
        levels = [auroc_influence(inside, [outside]) for inside, outside in self.pairs(column.subset)]
        return Influence({name: np.mean([strata[name] for strata in levels], axis=0) for name in levels[0]}, DELONG)

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the histograms and the ROC curve of a level; for the mean each level's ROC curve."""
        pairs = self.pairs(subset)
        if subset == MEAN:
            return (roc_picture({f"level-{number}": pair for number, pair in enumerate(pairs)}, "id"),)
        return tuple(picture for inside, ood in pairs for picture in detection_pictures(inside, {"ood": ood}, "id"))
