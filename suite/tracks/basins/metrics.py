"""Metrics of the basins track: exact functions of two labellings, and of two risk matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from suite.contracts import Metric


def _table(true: ArrayLike, predicted: ArrayLike) -> NDArray[np.int64]:
    """Return how many items each pair of labels shares."""
    _, rows = np.unique(np.asarray(true), return_inverse=True)
    _, columns = np.unique(np.asarray(predicted), return_inverse=True)
    if rows.shape != columns.shape or rows.ndim != 1 or not rows.size:
        raise ValueError(f"the labellings must have the same items. Got shapes {rows.shape} and {columns.shape}")
    counts = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def adjusted_rand_index(true: ArrayLike, predicted: ArrayLike) -> float:
    """Return the adjusted Rand index of two labellings [K]: 1 for the same partition, 0 in the mean by chance.

    Two labellings that both say one group, or both say all single, are the same partition.
    Source: Hubert and Arabie 1985. Counted in integers; one division.
    """
    counts = _table(true, predicted)

    def pairs(numbers: NDArray[np.int64]) -> int:
        return int((numbers * (numbers - 1) // 2).sum())

    both, first, second = pairs(counts), pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    every = pairs(np.array([counts.sum()]))
    # Over the common denominator 2 * every, so that equal partitions give exactly one.
    numerator, denominator = 2 * (both * every - first * second), (first + second) * every - 2 * first * second
    return 1.0 if denominator == 0 else numerator / denominator


def count_error(true: ArrayLike, predicted: ArrayLike) -> int:
    """Return by how many the number of groups in two labellings [K] differs."""
    counts = _table(true, predicted)
    return int(abs(counts.shape[0] - counts.shape[1]))


def is_exact(true: ArrayLike, predicted: ArrayLike) -> bool:
    """Tell whether two labellings [K] are the same partition."""
    counts = _table(true, predicted) > 0
    return bool((counts.sum(axis=0) == 1).all() and (counts.sum(axis=1) == 1).all())


def risk_error(exact: ArrayLike, estimated: ArrayLike) -> float:
    """Return the mean absolute difference of two risk matrices [K, K] over the pairs above the diagonal."""
    first, second = np.asarray(exact, dtype=np.float64), np.asarray(estimated, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 2 or first.shape[0] != first.shape[1]:
        raise ValueError(f"expected two matrices [K, K]. Got shapes {first.shape} and {second.shape}")
    above = np.triu_indices(len(first), 1)
    return float(np.abs(first - second)[above].mean()) if above[0].size else 0.0


def false_splits(true: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of the pairs with one true label [K] that have two predicted ones; 0 if there is none."""
    return _share(np.equal, true, predicted)


def false_merges(true: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of the pairs with two true labels [K] that have one predicted one; 0 if there is none."""
    return _share(np.not_equal, true, predicted)


def _share(relation: np.ufunc, true: ArrayLike, predicted: ArrayLike) -> float:
    """Return of the pairs whose true labels stand in a relation the share whose predicted labels do not."""
    _table(true, predicted)  # which checks that they are labellings of the same items
    above = np.triu_indices(np.asarray(true).size, 1)
    holds, kept = (relation.outer(labels, labels)[above] for labels in (np.asarray(true), np.asarray(predicted)))
    return float((holds & ~kept).sum() / holds.sum()) if holds.any() else 0.0


ARI = Metric(
    name="ari",
    direction="higher",
    bounds=(-1, 1),
    unit="index",
    definition="Adjusted Rand index of the labels of the representatives against the oracle's: 1 is the same "
    "partition, 0 what chance gives in the mean. A problem on which the method fails counts 0.",
)
COUNT_ERROR = Metric(
    name="count_error",
    direction="lower",
    bounds=(0, None),
    unit="basins",
    definition="By how many basins the number that was found differs from the oracle's. A failure has found none.",
)
EXACT = Metric(
    name="exact",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of problems whose partition is exactly the oracle's.",
)
RISK_ERROR = Metric(
    name="risk_error",
    direction="lower",
    bounds=(0, 1),
    unit="risk",
    definition="Mean absolute error of the estimated risk against the exact balanced Bayes risk, over all pairs of "
    "representatives; only for methods that estimate it, over the problems on which they do.",
)
STEPS = Metric(
    name="simulator_steps",
    direction="lower",
    bounds=(0, None),
    unit="steps",
    definition="Integrator steps of all trajectories that the method used, those that it was given included.",
)
SECONDS = Metric(
    name="seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock seconds of the method on one problem, without those of the simulator.",
)
METRICS = (ARI, COUNT_ERROR, EXACT, RISK_ERROR, STEPS, SECONDS)

FALSE_SPLITS = Metric(
    name="false_splits",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the pairs of representatives of one basin, at the system's own horizon, that are split at "
    "another horizon. A failure has split all.",
)
FALSE_MERGES = Metric(
    name="false_merges",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the pairs of representatives of two basins, at the system's own horizon, that are merged at "
    "another horizon. A failure has merged all.",
)
EXACT_FALSE_SPLITS = Metric(
    name="exact_false_splits",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="What false_splits is for the exact risk at that horizon: the same for every method.",
)
EXACT_FALSE_MERGES = Metric(
    name="exact_false_merges",
    direction="lower",
    bounds=(0, 1),
    unit="fraction",
    definition="What false_merges is for the exact risk at that horizon: the same for every method.",
)
HORIZON_METRICS = (FALSE_SPLITS, FALSE_MERGES, EXACT_FALSE_SPLITS, EXACT_FALSE_MERGES)

COVERAGE = Metric(
    name="proposed_basins",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the system's basins in which the method proposed a state. A failure has covered none.",
)
RECOVERED = Metric(
    name="recovered_basins",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of the system's basins that are proposed and told apart: all states that were proposed in the "
    "basin share a label, and no other state has it. A failure has recovered none.",
)
