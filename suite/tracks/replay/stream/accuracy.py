"""Accuracy in a stream of tasks: summaries of one matrix and of one curve, as pure functions.

``matrix`` [T, T] has A[i,j], the accuracy on task j after training on task i, in row i, column j; ``initial`` [T] that
of the network before any training. A ``Curve`` has the accuracy on every task at each evaluation point. The definitions
of the metrics are the docstrings of these functions. Libraries give several of these names to other formulas;
docs/replay.md works an example.
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


def accuracy(matrix: Array) -> float:
    """Accuracy on a task's test images after the last task; on `all` its mean over tasks, ACC of Lopez-Paz and Ranzato
    2017: mean_j A[T,j].
    """
    return float(matrix[-1].mean())


def forgetting(matrix: Array) -> float:
    """Chaudhry et al. 2018: mean over tasks j < T of max over j <= l < T of A[l,j], minus A[T,j]. The last row is not
    in the maximum, so it may be negative; 0 for a single task.
    """
    tasks = len(matrix)
    return _mean(np.array([matrix[j : tasks - 1, j].max() - matrix[-1, j] for j in range(tasks - 1)]))


def backward_transfer(matrix: Array) -> float:
    """BWT of Lopez-Paz and Ranzato 2017: mean over tasks j < T of A[T,j] - A[j,j]; 0 for a single task."""
    return _mean((matrix[-1] - np.diag(matrix))[:-1])


def forward_transfer(matrix: Array, initial: Array) -> float:
    """FWT of Lopez-Paz and Ranzato 2017: mean over tasks j > 1 of A[j-1,j] - b_j, b_j being the accuracy of the network
    before any training; 0 for a single task.
    """
    return _mean(np.diag(matrix, 1) - initial[1:])


def learning_accuracy(matrix: Array) -> float:
    """Mean over tasks of the accuracy just after a task was trained on: mean_j A[j,j]."""
    return float(np.diag(matrix).mean())


def anytime_accuracy(curve: Curve) -> float:
    """AAA: mean over steps of the mean accuracy on the tasks seen so far, on the fixed subset of the test; a point of
    evaluation stands for the steps since the point before it.
    """
    return float(np.average(curve.seen, weights=np.diff(curve.steps, prepend=0)))


def min_accuracy(curve: Curve) -> float:
    """min-ACC of De Lange et al. 2023: mean over tasks j < T of the smallest accuracy on task j at any point of
    evaluation after it ended, on the fixed subset of the test.
    """
    last = int(curve.training.max())
    if last < 1:
        raise ValueError("min-ACC needs two tasks or more")
    return float(np.mean([curve.values[curve.training > j, j].min() for j in range(last)]))


def worst_case_accuracy(curve: Curve) -> float:
    """WC-ACC of De Lange et al. 2023: A[T,T] / T + (1 - 1/T) min-ACC, on the fixed subset of the test."""
    last = int(curve.training.max())
    share = 1 / (last + 1)
    return float(share * curve.values[-1, last] + (1 - share) * min_accuracy(curve))


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else 0.0
