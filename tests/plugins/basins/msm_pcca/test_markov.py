"""Markov state models: counts, connected sets, reversible matrices and their modes, also of chains that fall apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from suite.plugins.basins.msm_pcca._markov import connected_sets, reversible, slow_modes, transition_counts


def random_counts(states: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).integers(0, 20, (states, states)).astype(float)


def two_chains() -> NDArray[np.float64]:
    counts = np.zeros((7, 7))
    counts[:3, :3], counts[3:, 3:] = random_counts(3) + 1, random_counts(4) + 1
    return counts


def log_likelihood(counts: NDArray[np.float64], matrix: NDArray[np.float64]) -> float:
    used = counts > 0
    return float((counts[used] * np.log(matrix[used])).sum())


def test_transitions_are_counted_within_paths() -> None:
    paths = np.array([[0, 1, 1, 2], [2, 0, 0, 0]])
    assert transition_counts(paths, 1, 3).tolist() == [[2, 1, 0], [0, 1, 1], [1, 0, 0]]
    assert transition_counts(paths, 2, 3).tolist() == [[1, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_connected_sets_are_strong() -> None:
    counts = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    found = connected_sets(counts)
    assert found[0] == found[1]
    assert len(set(found.tolist())) == 3


def test_the_reversible_matrix_is_in_detailed_balance_and_most_likely() -> None:
    counts = random_counts(6)
    matrix, stationary = reversible(counts)
    flows = stationary[:, None] * matrix
    np.testing.assert_allclose(flows, flows.T, atol=1e-12)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-12)
    assert stationary.sum() == pytest.approx(1)
    best, rng = log_likelihood(counts, matrix), np.random.default_rng(1)
    for _ in range(50):
        other = flows * np.exp(0.02 * rng.normal(size=flows.shape))
        other = other + other.T
        assert log_likelihood(counts, other / other.sum(axis=1, keepdims=True)) < best


def test_a_chain_that_falls_apart_keeps_its_parts() -> None:
    counts = two_chains()
    matrix, stationary = reversible(counts)
    np.testing.assert_allclose(matrix[:3, :3], reversible(counts[:3, :3])[0], atol=1e-6)
    assert (matrix[:3, 3:] == 0).all()
    alone = reversible(counts[:3, :3])[1]
    np.testing.assert_allclose(stationary[:3] / stationary[:3].sum(), alone, atol=1e-6)


@pytest.mark.parametrize("counts", [random_counts(8), two_chains()], ids=["connected", "reducible"])
def test_modes_are_eigenvectors_with_the_constant_first(counts: NDArray[np.float64]) -> None:
    matrix, stationary = reversible(counts)
    values, modes = slow_modes(matrix, stationary)
    np.testing.assert_allclose(matrix @ modes, modes * values, atol=1e-6)
    np.testing.assert_allclose((modes * stationary[:, None]).T @ modes, np.eye(len(values)), atol=1e-9)
    assert (modes[:, 0] == 1).all()
    assert (np.diff(values) <= 1e-12).all()
    np.testing.assert_allclose(values, np.sort(np.linalg.eigvals(matrix).real)[::-1], atol=1e-6)


def test_a_state_that_is_never_left_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 states are never left"):
        reversible(np.array([[1.0, 1.0], [0.0, 0.0]]))


def test_it_agrees_with_deeptime() -> None:
    peer = pytest.importorskip("deeptime.markov.tools.estimation", reason="pip install 'basin-suite[test]'")
    counts = random_counts(30, seed=5) + 0.1
    expected = peer.transition_matrix(counts, reversible=True, maxerr=1e-12)
    np.testing.assert_allclose(reversible(counts)[0], expected, atol=1e-6)
