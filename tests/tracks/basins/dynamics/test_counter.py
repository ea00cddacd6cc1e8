"""Random numbers keyed by trajectory and count: always the same, and random."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from suite.tracks.basins.dynamics.counter import CounterNormals, keys, stream

KEYS = keys(stream(3, "test"), torch.arange(5000))


@given(first=st.integers(0, 4900), many=st.integers(1, 99), step=st.integers(0, 40), steps=st.integers(1, 9))
def test_a_number_depends_on_its_key_and_count_alone(first: int, many: int, step: int, steps: int) -> None:
    every = CounterNormals(KEYS[first : first + many], 3)(0, 50).clone()
    assert torch.equal(CounterNormals(KEYS[first : first + many], 3)(step, steps), every[step : step + steps])
    last = CounterNormals(KEYS[first + many - 1 : first + many], 3)(step, steps)
    assert torch.equal(last[..., 0], every[step : step + steps, :, -1])


@pytest.mark.parametrize("axes", [1, 2, 5])
def test_numbers_are_standard_normal_and_independent(axes: int) -> None:
    drawn = CounterNormals(KEYS, axes)(10, 40).double().numpy()
    assert kstest(drawn.ravel()[:100_000], "norm").pvalue > 1e-3
    assert kstest(drawn[:, 0, 0], "norm").pvalue > 1e-3  # along one trajectory
    assert kstest(drawn[0, 0], "norm").pvalue > 1e-3  # over trajectories at one count
    for shifted in (np.roll(drawn, 1, axis=0), np.roll(drawn, 1, axis=2), *([np.roll(drawn, 1, axis=1)] * (axes > 1))):
        assert abs((drawn * shifted).mean()) < 4 / drawn.size**0.5
        assert abs((drawn**2 * shifted**2).mean() - 1) < 8 / drawn.size**0.5 * 4


def test_streams_and_keys_differ() -> None:
    assert len({stream(seed, role) for seed in range(50) for role in ("noise", "signs")}) == 100
    many = keys(stream(0, "a"), torch.arange(200_000))
    assert len(many.unique()) == len(many)
    assert bool((many % 2 != 0).all())
    bits = ((many[:, None] >> torch.arange(1, 64)) & 1).double().mean(dim=0)
    assert float((bits - 0.5).abs().max()) < 5 * 0.5 / len(many) ** 0.5
