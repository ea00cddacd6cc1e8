"""Markov state models on trajectories: chains that fall apart, stray states, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from suite.plugins.basins.msm_pcca import MSMPCCA, coarse_grained
from suite.plugins.basins.tica_msm_pcca import TICAMSMPCCA
from suite.tracks.basins import BasinContext

GROUPS = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture
def context(case: Any) -> BasinContext:
    given = case()
    return replace(given.context(), burn_in=2)


def separate_paths() -> NDArray[np.int64]:
    """Return paths [6, 10, 20] of representatives that move among four states of their group, of three groups."""
    rng = np.random.default_rng(0)
    return 4 * GROUPS[:, None, None] + rng.integers(4, size=(6, 10, 20))


@pytest.mark.parametrize("count", [None, 1, 3])
def test_sets_that_are_never_left_stay_apart(count: int | None, context: BasinContext) -> None:
    """Nothing says which of them belong together, even if fewer basins were asked for."""
    found = coarse_grained(separate_paths(), 1, replace(context, count=count))
    assert found.reshape(3, 4).std(axis=1).max() == 0
    assert len(set(found.tolist())) == 3


def test_a_set_without_the_most_frames_of_anyone_does_not_count(context: BasinContext) -> None:
    paths = separate_paths()
    paths[0, 0] = 12 + np.arange(20) % 2  # one trajectory elsewhere, for itself
    found = coarse_grained(paths, 1, replace(context, count=3))
    assert found[12:].tolist() == [-1, -1]
    assert len(set(found[:12].tolist())) == 3


def test_more_macrostates_than_sets_split_them(context: BasinContext) -> None:
    """Two sets, one of which has two halves that are seldom exchanged."""
    rng = np.random.default_rng(1)
    paths = separate_paths()
    joined = 4 * np.cumsum(rng.random((6, 10, 20)) < 0.03, axis=2) % 8 + paths % 4
    paths = np.where((GROUPS < 2)[:, None, None], joined, paths)
    found = coarse_grained(paths, 1, replace(context, count=3))
    assert found.reshape(3, 4).std(axis=1).max() == 0
    assert len(set(found.tolist())) == 3
    assert len(set(coarse_grained(paths, 1, replace(context, count=2)).tolist())) == 2


def test_what_cannot_be_modelled_is_refused(case: Any) -> None:
    given = case(counted=True)
    context = given.context()
    few = given.trajectories[:, :1]
    with pytest.raises(ValueError, match="384 frames are fewer than the 500 microstates"):
        MSMPCCA(microstates=500).partition(few, context)
    for method in (MSMPCCA(lag=24), TICAMSMPCCA(lag=24)):
        with pytest.raises(ValueError, match="24 frames have no lag of 24"):
            method.partition(given.trajectories, context)
