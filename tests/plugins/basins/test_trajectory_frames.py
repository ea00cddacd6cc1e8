"""Frames: what is kept, in which order, and how they vote."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.decomposition import PCA

from suite.plugins.basins._trajectory_frames import principal, settled, thinned, vote


def test_settled_frames_are_those_after_burn_in() -> None:
    trajectories = torch.arange(2 * 3 * 4.0).view(2, 3, 4, 1)
    assert settled(trajectories, 2)[:, :, 0].tolist() == [[2, 3, 6, 7, 10, 11], [14, 15, 18, 19, 22, 23]]


def test_thinned_frames_are_the_same_of_each_representative() -> None:
    frames = np.arange(100.0)[None, :, None] + np.zeros((3, 1, 1))
    kept = thinned(frames, 33)
    assert kept.shape == (3, 11, 1)
    assert (kept[0] == kept[1]).all()
    assert kept[0, 0] == 0
    assert kept[0, -1] == 99
    assert np.ptp(np.diff(kept[0, :, 0])) <= 1
    assert np.array_equal(thinned(frames, 300), frames)


def test_principal_components_are_the_peers_up_to_sign() -> None:
    frames = np.random.default_rng(0).normal(size=(2, 50, 6)) * np.arange(1, 7)
    expected = PCA(3).fit_transform(frames.reshape(-1, 6))
    np.testing.assert_allclose(np.abs(principal(frames, 3).reshape(-1, 3)), np.abs(expected), atol=1e-9)
    assert principal(frames, 10).shape == (2, 50, 6)


def test_the_majority_wins_and_noise_does_not_vote() -> None:
    assert vote(np.array([[0, 2, 2], [1, 1, 2], [2, 1, 0], [-1, -1, 1], [-1, -1, -1]])) == [2, 1, 0, 1, -1]
