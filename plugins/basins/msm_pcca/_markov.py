"""Markov state models: counts of transitions, connected sets, reversible transition matrices, their slow modes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ITERATIONS = 10_000
TOLERANCE = 1e-9


def transition_counts(paths: NDArray[np.integer], lag: int, states: int) -> NDArray[np.float64]:
    """Return how often a path [N, L] goes from one state to another within ``lag`` frames [states, states]."""
    counts = np.zeros((states, states))
    np.add.at(counts, (paths[:, :-lag], paths[:, lag:]), 1)
    return counts


def connected_sets(counts: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the strongly connected set of each state [S]."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(csr_array(counts), connection="strong")[1])


def reversible(counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the reversible transition matrix [S, S] of maximum likelihood and its stationary distribution [S].

    States may fall into several sets, each strongly connected. How much weight they have against each other is not
    determined by the counts, and means nothing here.
    Source: Bowman et al. 2009, a fixed-point iteration.

    Raises:
        ValueError: a state has no counts.
    """
    both, outgoing = counts + counts.T, counts.sum(axis=1)
    if not (outgoing > 0).all():
        raise ValueError(f"{int((outgoing == 0).sum())} of {len(counts)} states are never left")
    flows = both / both.sum()
    for _ in range(ITERATIONS):
        rates = outgoing / flows.sum(axis=1)
        # Where nothing was counted in either direction there is no flow: 0 over something positive.
        before, flows = flows, both / (rates[:, None] + rates)
        if np.abs(flows - before).max() < TOLERANCE:
            break
    stationary = flows.sum(axis=1)
    return flows / stationary[:, None], stationary / stationary.sum()


def slow_modes(
    matrix: NDArray[np.float64], stationary: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return eigenvalues [S], largest first, and right eigenvectors [S, S] of a reversible transition matrix.

    The vectors are orthonormal under the stationary distribution and the first is constant, even if the eigenvalue one
    is multiple because the chain falls apart.
    """
    root = np.sqrt(stationary)
    symmetric = root[:, None] * matrix / root
    constant = np.outer(root, root)
    values, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2 - 3 * constant)  # moves that mode below all others
    modes = vectors[:, :0:-1] / root[:, None]
    return np.append(1.0, values[:0:-1]), np.column_stack([np.ones(len(root)), modes])
