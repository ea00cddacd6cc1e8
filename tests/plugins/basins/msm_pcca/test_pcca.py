"""PCCA+: memberships of chains whose macrostates are known, connected or not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from suite.plugins.basins.msm_pcca._markov import reversible, slow_modes
from suite.plugins.basins.msm_pcca._pcca import memberships
from suite.tracks.basins.metrics import adjusted_rand_index

BLOCKS = np.arange(40) // 10


def chain(between: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a chain of four blocks of ten states, with few transitions between them, and its stationary law."""
    counts = np.random.default_rng(0).integers(1, 20, (40, 40)) * np.where(BLOCKS[:, None] == BLOCKS, 1.0, between)
    return reversible(counts)


@pytest.mark.parametrize("between", [0.0, 1e-3, 0.02])
def test_metastable_blocks_are_found(between: float) -> None:
    found = memberships(slow_modes(*chain(between))[1][:, :4])
    assert found.shape == (40, 4)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-9)
    assert adjusted_rand_index(BLOCKS, found.argmax(axis=1)) == 1
    assert found.max(axis=1).min() > 0.8


def test_blocks_that_are_apart_have_sharp_memberships() -> None:
    found = memberships(slow_modes(*chain(0.0))[1][:, :4])
    np.testing.assert_allclose(np.sort(found, axis=1), np.tile([0.0, 0, 0, 1], (40, 1)), atol=1e-6)


def test_fewer_macrostates_join_blocks() -> None:
    labels = memberships(slow_modes(*chain(1e-3))[1][:, :2]).argmax(axis=1)
    assert all(len(set(labels[block == BLOCKS].tolist())) == 1 for block in range(4))
    assert len(set(labels.tolist())) == 2


def test_one_macrostate_holds_everything() -> None:
    assert memberships(np.ones((5, 1))).tolist() == [[1.0]] * 5


def test_more_macrostates_than_microstates_are_refused() -> None:
    with pytest.raises(ValueError, match="3 macrostates of 2 microstates"):
        memberships(np.ones((2, 3)))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_it_agrees_with_deeptime(count: int) -> None:
    peer = pytest.importorskip("deeptime.markov", reason="install it with: pip install 'basin-suite[test]'")
    matrix, stationary = chain(0.02)
    ours = memberships(slow_modes(matrix, stationary)[1][:, :count])
    theirs = peer.pcca(matrix, count).memberships
    rows, columns = linear_sum_assignment(-(ours.T @ theirs))
    np.testing.assert_allclose(ours[:, rows], theirs[:, columns], atol=1e-3)
