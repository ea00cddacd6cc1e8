"""The per-sample table of a cell, and the scores that follow from it alone, so that they can be computed anew.

Columns: ``subset``, ``row`` in its data set, ``score`` (higher = more in-distribution), ``predicted`` class, ``label``
(-1 outside the distribution). Subsets are ``id``, and ``near/<set>`` and ``far/<set>``.
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


@dataclass(frozen=True)
class Samples:
    """Test samples with their scores, by subset: each array is [N] of that subset."""

    scores: Mapping[str, NDArray[np.float64]]
    predicted: Mapping[str, NDArray[np.int64]]
    labels: NDArray[np.int64]

    @classmethod
    def from_table(cls, table: pa.Table) -> Samples:
        """Return the samples of a table of `to_table`."""
        subset = table["subset"].combine_chunks().dictionary_encode()
        names, codes = subset.dictionary.to_pylist(), subset.indices.to_numpy()
        rows = {name: np.flatnonzero(codes == code) for code, name in enumerate(names)}
        score, predicted = (table[name].to_numpy() for name in ("score", "predicted"))
        return cls(
            {name: score[of_subset] for name, of_subset in rows.items()},
            {name: predicted[of_subset] for name, of_subset in rows.items()},
            table["label"].to_numpy()[rows["id"]],
        )

    def to_table(self, rows: Mapping[str, NDArray[np.int64]]) -> pa.Table:
        """Return the table; ``rows`` are the samples' row numbers in their data sets."""
        import pyarrow as pa

        counts = [len(scores) for scores in self.scores.values()]
        codes = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        labels = [
            self.labels if name == "id" else np.full(len(scores), -1, dtype=np.int64)
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
        """The scores [N] of all that counts as in-distribution."""
        return self.scores["id"]

    def outside(self, subset: str) -> list[NDArray[np.float64]]:
        """Return the OOD scores that a column is about: one set's, or those of each set of a group."""
        if subset in GROUPS:
            return [scores for name, scores in self.scores.items() if name.startswith(f"{subset}/")]
        return [self.scores[subset]] if subset in self.scores else []


def all_scores(samples: Samples, subsets: Sequence[str]) -> tuple[Score, ...]:
    """Return every metric on each of the task's subsets that has samples.

    A group's value is the unweighted mean over its sets. It is marked partial when one of them is missing, and left
    out when all are.
    """
    correct = samples.predicted["id"] == samples.labels
    accuracy = Score(metric=ID_ACCURACY.name, subset="id", value=float(correct.mean()), n=len(correct))
    found = (_detection_scores(samples, subset, subsets) for subset in subsets if subset != "id")
    return (*(score for scores in found for score in scores), accuracy)


def _detection_scores(samples: Samples, subset: str, subsets: Sequence[str]) -> list[Score]:
    inside, outside = samples.inside, samples.outside(subset)
    if not outside:
        return []
    is_group = subset in GROUPS
    wanted = sum(name.startswith(f"{subset}/") for name in subsets) if is_group else 1
    return [
        Score(
            metric=metric.name,
            subset=subset,
            value=float(np.mean([function(inside, scores) for scores in outside])),
            n=len(outside) if is_group else len(inside) + len(outside[0]),
            partial=len(outside) < wanted,
            interval=INTERVALS[metric](inside, outside) if metric in INTERVALS else None,
        )
        for metric, function in DETECTION.items()
    ]
