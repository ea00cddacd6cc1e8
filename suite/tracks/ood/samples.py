"""The per-sample table of a cell, and the scores that follow from it alone, so that they can be computed anew.

Columns: ``subset``, ``row`` in its data set, ``score`` (higher = more in-distribution), ``predicted`` class, ``label``
(-1 outside the distribution). Subsets are ``id``, ``csid/<set>`` (covariate-shifted ID, which counts as ID), and
``near/<set>`` and ``far/<set>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Score
from suite.tracks.ood.metrics import DETECTION, ID_ACCURACY
from suite.tracks.ood.uncertainty import INTERVALS

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

GROUPS = ("near", "far")


def is_inside(subset: str) -> bool:
    """Tell whether the samples of a subset count as in-distribution."""
    return subset == "id" or subset.startswith("csid/")


@dataclass(frozen=True)
class Samples:
    """Test samples with their scores, by subset: each array is [N] of that subset. Only ID subsets have labels."""

    scores: Mapping[str, NDArray[np.float64]]
    predicted: Mapping[str, NDArray[np.int64]]
    labels: Mapping[str, NDArray[np.int64]]

    @classmethod
    def from_table(cls, table: pa.Table) -> Samples:
        """Return the samples of a table of `to_table`."""
        subset = table["subset"].combine_chunks().dictionary_encode()
        names, codes = subset.dictionary.to_pylist(), subset.indices.to_numpy()
        rows = {name: np.flatnonzero(codes == code) for code, name in enumerate(names)}
        score, predicted, label = (table[name].to_numpy() for name in ("score", "predicted", "label"))
        return cls(
            {name: score[of_subset] for name, of_subset in rows.items()},
            {name: predicted[of_subset] for name, of_subset in rows.items()},
            {name: label[of_subset] for name, of_subset in rows.items() if is_inside(name)},
        )

    def to_table(self, rows: Mapping[str, NDArray[np.int64]]) -> pa.Table:
        """Return the table; ``rows`` are the samples' row numbers in their data sets."""
        import pyarrow as pa

        counts = [len(scores) for scores in self.scores.values()]
        codes = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        labels = [
            self.labels[name] if is_inside(name) else np.full(len(scores), -1, dtype=np.int64)
            for name, scores in self.scores.items()
        ]
        columns: dict[str, Any] = {
            "subset": pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(self.scores))),
            "row": np.concatenate([rows[name] for name in self.scores]),
            "score": np.concatenate(list(self.scores.values())),
            "predicted": np.concatenate([self.predicted[name] for name in self.scores]),
            "label": np.concatenate(labels),
        }
        return pa.table(columns)

    @cached_property
    def inside(self) -> NDArray[np.float64]:
        """The scores [N] of all that counts as in-distribution, pooled."""
        return np.concatenate([scores for name, scores in self.scores.items() if is_inside(name)])

    def compared(self, subset: str) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        """Return the ID scores and the sets of OOD scores that a column compares.

        All ID is compared with one OOD set, or with each set of a group; one shifted set with each near-OOD set.
        """
        if subset in GROUPS:
            return self.inside, self._group(subset)
        if is_inside(subset):
            return self.scores[subset], self._group("near") if subset != "id" else []
        return self.inside, [self.scores[subset]] if subset in self.scores else []

    def _group(self, group: str) -> list[NDArray[np.float64]]:
        return [scores for name, scores in self.scores.items() if name.startswith(f"{group}/")]


def all_scores(samples: Samples, subsets: Sequence[str]) -> tuple[Score, ...]:
    """Return every metric on each of the task's subsets that has samples.

    A value over several OOD sets is their unweighted mean. It is marked partial when one of them is missing, and left
    out when all are.
    """
    detection = [score for subset in subsets for score in _detection_scores(samples, subset, subsets)]
    return (*detection, *(_accuracy(samples, subset) for subset in subsets if is_inside(subset)))


def _accuracy(samples: Samples, subset: str) -> Score:
    correct = samples.predicted[subset] == samples.labels[subset]
    return Score(metric=ID_ACCURACY.name, subset=subset, value=float(correct.mean()), n=len(correct))


def _detection_scores(samples: Samples, subset: str, subsets: Sequence[str]) -> list[Score]:
    inside, outside = samples.compared(subset)
    if not outside:
        return []
    group = "near" if is_inside(subset) else subset
    is_mean = group in GROUPS
    wanted = sum(name.startswith(f"{group}/") for name in subsets) if is_mean else 1
    return [
        Score(
            metric=metric.name,
            subset=subset,
            value=float(np.mean([function(inside, scores) for scores in outside])),
            n=len(outside) if is_mean else len(inside) + len(outside[0]),
            partial=len(outside) < wanted,
            interval=INTERVALS[metric](inside, outside) if metric in INTERVALS else None,
        )
        for metric, function in DETECTION.items()
    ]
