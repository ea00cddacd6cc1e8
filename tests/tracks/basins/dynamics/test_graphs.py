"""Jump processes against a simulation of waiting times, and their invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.sparse.csgraph import connected_components

from suite.tracks.basins.dynamics.chain import Chain
from suite.tracks.basins.dynamics.graphs import communities, generator, loops, tetrahedra
from suite.tracks.basins.dynamics.oracle import truth_of


def closed_sets(chain: Chain) -> int:
    return int(connected_components(chain.kernel, connection="strong")[0])


def gillespie(rates: np.ndarray, start: int, time: float, rng: np.random.Generator) -> int:
    """Return the state after a time, by waiting times; no matrix exponential."""
    state, left = start, time
    while True:
        out = rates[state].sum()
        left -= rng.exponential(1 / out)
        if left < 0:
            return state
        state = int(rng.choice(len(rates), p=rates[state] / out))


def test_a_frame_is_what_waiting_times_give() -> None:
    chain = loops("test", ((0, 1), (1, 2)), 3, rate=1.0, leak=0.2, interval=0.8)
    rates = np.zeros((6, 6))
    for node in range(3):
        for loop in (0, 3):
            rates[loop + node, loop + (node + 1) % 3] = 1.0
            rates[loop + node, (loop + node + 3) % 6] = 0.2
    rng = np.random.default_rng(0)
    seen = np.bincount([gillespie(rates, 1, 0.8, rng) for _ in range(8000)], minlength=6) / 8000
    assert np.abs(seen - chain.kernel.toarray()[1]).max() < 0.018  # three standard deviations
    assert np.allclose(chain.kernel.toarray(), expm(0.8 * generator(rates)), atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 4), st.integers(1, 3), st.floats(0.0, 1.0))
def test_kernels_keep_probability_and_without_leaks_are_reducible(count: int, pairs: int, between: float) -> None:
    chain = communities("test", count, pairs, 3, within=1.0, between=between, interval=1.0)
    kernel = chain.kernel.toarray()
    assert kernel.min() >= 0
    assert np.allclose(kernel.sum(axis=1), 1)
    assert closed_sets(chain) == (count if between < 1e-15 else 1) or 0 < between < 1e-6


@pytest.mark.parametrize(("leak", "sets"), [(0.0, 3), (0.01, 1)])
def test_loops_are_closed_without_a_leak(leak: float, sets: int) -> None:
    chain = loops("test", ((0, 1), (1, 2), (2, 0)), 5, rate=1.0, leak=leak, interval=1.0)
    assert closed_sets(chain) == sets
    uniform = np.full(15, 1 / 15)
    assert np.allclose(uniform @ chain.kernel, uniform)
    assert not np.allclose(chain.kernel.toarray(), chain.kernel.toarray().T)  # one way round: no detailed balance


def test_even_and_odd_corners_agree_in_means_and_covariances_and_differ_in_the_product_of_three() -> None:
    chain = tetrahedra("test", 1, rate=1.0, leak=0.0, interval=1.0)
    laws = chain.laws(np.array(chain.sites, dtype=np.float32), 60, 30)
    first, second = (law[:, None] * chain.codes for law in laws)
    assert np.allclose(first.sum(axis=0), second.sum(axis=0), atol=1e-6)
    assert np.allclose(first.T @ chain.codes, second.T @ chain.codes, atol=1e-6)
    assert np.allclose(laws @ chain.codes.prod(axis=1), [-1, 1])
    assert truth_of(laws).labels.tolist() == [0, 1]
    assert closed_sets(tetrahedra("test", 2, rate=1.0, leak=0.0, interval=1.0)) == 4
