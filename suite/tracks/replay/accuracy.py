"""What becomes of accuracy in a stream of tasks: summaries of one matrix and of one curve, pure functions.

``matrix`` [T, T] has the accuracy on task j after training on task t in row t, column j; ``initial`` [T] that of the
network before any training. A ``Curve`` has the accuracy on every task at each evaluation point. Libraries give several
of these names to other formulas; docs/replay.md works an example.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Accuracy at evaluation points.

    Attributes:
        steps: of the learner before each point [P], rising.
        training: the number of the task that was trained on before each point, from 0 [P].
        values: accuracy on each task [P, T]; NaN for tasks that had not begun.
    """

    steps: NDArray[np.int64]
    training: NDArray[np.int64]
    values: Array

    @property
    def seen(self) -> Array:
        """The mean accuracy at each point over the tasks that had begun [P]."""
        return np.asarray(np.nanmean(self.values, axis=1))


def average_accuracy(matrix: Array) -> float:
    """Return ACC, the mean over tasks at the end: ``mean_j A[T, j]`` (Lopez-Paz and Ranzato 2017)."""
    return float(matrix[-1].mean())


def learning_accuracy(matrix: Array) -> float:
    """Return the mean accuracy on each task just after it was trained on: ``mean_j A[j, j]``."""
    return float(np.diag(matrix).mean())


def backward_transfer(matrix: Array) -> float:
    """Return BWT, ``mean_{j<T} (A[T, j] - A[j, j])`` (Lopez-Paz and Ranzato 2017); 0 for a single task."""
    return _mean((matrix[-1] - np.diag(matrix))[:-1])


def forward_transfer(matrix: Array, initial: Array) -> float:
    """Return FWT, ``mean_{j>1} (A[j-1, j] - b_j)`` with b of ``initial`` (Lopez-Paz and Ranzato 2017)."""
    return _mean(np.diag(matrix, 1) - initial[1:])


def forgetting(matrix: Array) -> float:
    """Return ``mean_{j<T} (max_{j<=l<T} A[l, j] - A[T, j])`` (Chaudhry et al. 2018); may be negative."""
    tasks = len(matrix)
    return _mean(np.array([matrix[j : tasks - 1, j].max() - matrix[-1, j] for j in range(tasks - 1)]))


def anytime_accuracy(curve: Curve) -> float:
    """Return AAA, the mean over steps of the mean accuracy on the tasks seen so far.

    An evaluation point stands for the steps since the point before it; if all are evaluated, this is the plain mean.
    """
    return float(np.average(curve.seen, weights=np.diff(curve.steps, prepend=0)))


def min_accuracy(curve: Curve) -> float:
    """Return min-ACC, ``mean_{j<T} min over points after task j ended of A[., j]`` (De Lange et al. 2023).

    Raises:
        ValueError: there is but one task, which nothing comes after.
    """
    last = int(curve.training.max())
    if last < 1:
        raise ValueError("min-ACC takes two tasks at least")
    return float(np.mean([curve.values[curve.training > j, j].min() for j in range(last)]))


def worst_case_accuracy(curve: Curve) -> float:
    """Return WC-ACC, ``A[T, T] / T + (1 - 1/T) min-ACC``, all on the curve (De Lange et al. 2023)."""
    last = int(curve.training.max())
    share = 1 / (last + 1)
    return float(share * curve.values[-1, last] + (1 - share) * min_accuracy(curve))


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else 0.0
