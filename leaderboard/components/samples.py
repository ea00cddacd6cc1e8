"""Per-sample results: what a run's Parquet file can show, decided by the columns that it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

REFERENCE = "id"
"""The subset that the others are held against, where a table has one."""
BINS = 60
CURVE_POINTS = 400

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """An ROC curve with the reference as positive class: shares accepted as the threshold falls; area is exact."""

    other: Scores
    reference: Scores
    area: float


def has_scores(path: Path) -> bool:
    """Tell whether the table holds numbers ``score`` by ``subset``."""
    return {"score", "subset"} <= set(pq.read_schema(path).names)


def scores_by_subset(path: Path) -> dict[str, Scores]:
    """Return the finite scores of each subset, the reference first; other columns are not read."""
    table = pq.read_table(path, columns=["subset", "score"])
    subsets = np.asarray(table["subset"].cast("string").to_pylist(), dtype=object)
    scores = np.asarray(table["score"].to_numpy(zero_copy_only=False), dtype=np.float64)
    names = sorted(dict.fromkeys(subsets), key=lambda name: name != REFERENCE)
    return {str(name): scores[(subsets == name) & np.isfinite(scores)] for name in names}


def head(path: Path, rows: int = 20) -> list[dict[str, object]]:
    """Return the first rows, without reading the rest of the file."""
    batches = pq.ParquetFile(path).iter_batches(batch_size=rows)
    first = next(batches, None)
    return [] if first is None else first.to_pylist()


def histogram(groups: dict[str, Scores]) -> list[dict[str, object]]:
    """Return per group and bin the share of the group's samples.

    The bins are shared and span the middle 99 % of all scores; the outermost ones hold everything beyond.
    """
    together = np.concatenate(list(groups.values()))
    low, high = np.quantile(together, [0.005, 0.995])
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    return [
        {"subset": name, "from": edges[i], "to": edges[i + 1], "share": count / scores.size}
        for name, scores in groups.items()
        if scores.size
        for i, count in enumerate(np.histogram(np.clip(scores, edges[0], edges[-1]), edges)[0])
    ]


def roc(reference: Scores, other: Scores) -> Curve:
    """Return the exact curve over every distinct threshold t: mean(score >= t) of both; ties make oblique steps.

    Both arrays [N] and [M] must not be empty.
    """
    scores = np.concatenate([reference, other])
    thresholds = np.unique(scores)[::-1]
    accepted_reference = np.append(0.0, _at_least(reference, thresholds))
    accepted_other = np.append(0.0, _at_least(other, thresholds))
    heights = (accepted_reference[1:] + accepted_reference[:-1]) / 2
    area = float(np.diff(accepted_other) @ heights)
    return Curve(accepted_other, accepted_reference, area)


def thinned(curve: Curve) -> Curve:
    """Return at most `CURVE_POINTS` of the points for display, ends included; the area stays the exact one."""
    if curve.other.size <= CURVE_POINTS:
        return curve
    kept = np.linspace(0, curve.other.size - 1, CURVE_POINTS).round().astype(int)
    return Curve(curve.other[kept], curve.reference[kept], curve.area)


def _at_least(scores: Scores, thresholds: Scores) -> Scores:
    below = np.searchsorted(np.sort(scores), thresholds, side="left")
    return np.asarray((scores.size - below) / scores.size, dtype=np.float64)
