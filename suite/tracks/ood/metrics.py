"""Metrics of the OOD track: exact with ties, in float64, on two score arrays.

Scores are higher = more in-distribution (ID). Counting is done in integers, so the results are the definitions' to the
last bits, ties included. NaN is refused; infinities are ordered like any number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from suite.contracts import Metric
from suite.measures.detection import Scores, checked
from suite.measures.detection import auroc as auroc  # for those who have it from here


def needed(n: int) -> int:
    """Return the smallest k with k / n >= 0.95, in integers."""
    return -(-95 * n // 100)


def fpr95(id_scores: ArrayLike, ood_scores: ArrayLike) -> float:
    """Return the share of OOD accepted when 95 % of ID is accepted (ID positive).

    The threshold is the largest t with mean(id >= t) >= 0.95; the result is mean(ood >= t).
    Source: Liu et al. 2020 and LeVine et al. 2024 (authors' code) use this convention.
    """
    inside, outside = checked(id_scores, "ID"), checked(ood_scores, "OOD")
    k = needed(inside.size)
    threshold = np.partition(inside, inside.size - k)[inside.size - k]
    return int(np.count_nonzero(outside >= threshold)) / outside.size


def fpr95_ood(id_scores: ArrayLike, ood_scores: ArrayLike) -> float:
    """Return the share of ID flagged when 95 % of OOD is caught (OOD positive).

    The threshold is the smallest t with mean(ood <= t) >= 0.95; the result is mean(id <= t).
    Source: OpenOOD v1.5 uses this convention.
    """
    inside, outside = checked(id_scores, "ID"), checked(ood_scores, "OOD")
    k = needed(outside.size)
    threshold = np.partition(outside, k - 1)[k - 1]
    return int(np.count_nonzero(inside <= threshold)) / inside.size


def _average_precision(positive: Scores, negative: Scores) -> float:
    scores = np.concatenate([positive, negative])
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    hits = np.cumsum(order < positive.size)
    last_of_tie = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
    recalled = hits[last_of_tie]
    precision = recalled / (last_of_tie + 1)
    return float(np.sum(np.diff(recalled, prepend=0) * precision) / positive.size)


def aupr_in(id_scores: ArrayLike, ood_scores: ArrayLike) -> float:
    """Return the average precision with ID positive: sum over thresholds of (recall gained) x precision."""
    return _average_precision(checked(id_scores, "ID"), checked(ood_scores, "OOD"))


def aupr_out(id_scores: ArrayLike, ood_scores: ArrayLike) -> float:
    """Return the average precision with OOD positive, on the negated scores."""
    return _average_precision(-checked(ood_scores, "OOD"), -checked(id_scores, "ID"))


def _share(name: str, direction: Literal["higher", "lower"], definition: str) -> Metric:
    return Metric(name=name, direction=direction, bounds=(0, 1), unit="fraction", definition=definition)


AUROC = _share(
    "auroc", "higher", "Probability that a random ID sample scores above a random OOD sample; ties count one half."
)
FPR95 = _share(
    "fpr95",
    "lower",
    "Share of OOD accepted when 95 % of ID is accepted (ID positive): mean(ood >= t), with t the largest threshold "
    "such that mean(id >= t) >= 0.95. Not the same as fpr95_ood.",
)
FPR95_OOD = _share(
    "fpr95_ood",
    "lower",
    "Share of ID flagged when 95 % of OOD is caught (OOD positive): mean(id <= t), with t the smallest threshold such "
    "that mean(ood <= t) >= 0.95. Not the same as fpr95.",
)
AUPR_IN = _share(
    "aupr_in", "higher", "Average precision with ID positive (not the trapezoid under the precision-recall curve)."
)
AUPR_OUT = _share("aupr_out", "higher", "Average precision with OOD positive, scores negated (not the trapezoid).")
ID_ACCURACY = _share(
    "id_accuracy",
    "higher",
    "Share of ID test samples whose largest logit is their label's: the network's, not the detector's.",
)

METRICS = (AUROC, FPR95, FPR95_OOD, AUPR_IN, AUPR_OUT, ID_ACCURACY)
DETECTION: dict[str, Callable[[ArrayLike, ArrayLike], float]] = {
    AUROC.name: auroc,
    FPR95.name: fpr95,
    FPR95_OOD.name: fpr95_ood,
    AUPR_IN.name: aupr_in,
    AUPR_OUT.name: aupr_out,
}
"""By metric, the function of (ID scores, OOD scores)."""
