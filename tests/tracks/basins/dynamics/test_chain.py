"""A chain's laws against powers of its matrix, and its simulation against its laws."""

from __future__ import annotations

import numpy as np
import torch
from scipy.sparse import csr_array

from suite.tracks.basins.dynamics.chain import Chain
from suite.tracks.basins.dynamics.counter import keys, stream

KERNEL = np.array([[0.5, 0.5, 0.0], [0.1, 0.6, 0.3], [0.0, 0.2, 0.8]])
CHAIN = Chain("three", csr_array(KERNEL), np.eye(3), ((0.0,), (2.0,)), every=2)


def test_laws_are_means_of_powers() -> None:
    starts = np.array([[0.0], [2.0]], dtype=np.float32)
    powers = [np.linalg.matrix_power(KERNEL, 2 * frame) for frame in (2, 3, 4)]
    assert np.allclose(CHAIN.laws(starts, 4, 1), np.mean(powers, axis=0)[[0, 2]], atol=1e-14)


def test_frames_are_drawn_from_the_laws_and_impossible_jumps_never_happen() -> None:
    starts = torch.tensor([[0.0]]).expand(20_000, 1)
    states = CHAIN.simulate(starts, keys(stream(0, "chain"), torch.arange(20_000)), 8, 1)[..., 0].long()
    for frame in (0, 3, 7):
        expected = np.linalg.matrix_power(KERNEL, frame + 1)[0]
        seen = np.bincount(states[:, frame], minlength=3) / len(states)
        assert np.abs(seen - expected).max() < 0.012  # three standard deviations
    pairs = set(zip(states[:, :-1].flatten().tolist(), states[:, 1:].flatten().tolist(), strict=True))
    assert not {(0, 2), (2, 0)} & pairs


def test_features_are_the_codes() -> None:
    assert CHAIN.features(torch.tensor([[[2.0], [0.0]]])).tolist() == [[[0, 0, 1], [1, 0, 0]]]
