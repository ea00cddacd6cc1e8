"""Discrepancies against their definition, and without bias however correlated the frames of a trajectory are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.plugins.basins._discrepancy import discrepancies, squared_distances


def negative_distance(squared: Tensor) -> Tensor:
    return -squared.sqrt()


def mean(first: Tensor, second: Tensor, same: bool) -> float:
    """Return the mean of minus the distances between frames [M, L, D] of different trajectories."""
    values = [
        -float((x - y).norm())
        for i, path in enumerate(first)
        for j, other in enumerate(second)
        if not (same and i == j)
        for x in path
        for y in other
    ]
    return sum(values) / len(values)


def test_it_is_the_definition() -> None:
    frames = torch.randn(3, 4, 5, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    frames += torch.arange(3.0)[:, None, None, None]
    found = discrepancies(frames, negative_distance)
    for a in range(3):
        assert found[a, a] == 0
        for b in range(a):
            within = mean(frames[a], frames[a], True) + mean(frames[b], frames[b], True)
            assert found[a, b] == found[b, a] == pytest.approx(within - 2 * mean(frames[a], frames[b], False))


def test_correlated_frames_of_the_same_law_do_not_differ() -> None:
    """All frames of a trajectory are the same: as many samples as trajectories, half of the estimates below zero."""
    starts = torch.randn(40, 8, 1, 3, generator=torch.Generator().manual_seed(1))
    found = discrepancies(starts.expand(-1, -1, 6, -1), negative_distance)[np.triu_indices(40, 1)]
    assert 0.35 < (found == 0).mean() < 0.75


def test_energy_distance_of_two_points() -> None:
    frames = torch.zeros(2, 3, 4, 2)
    frames[1, ..., 0] = 5.0
    assert discrepancies(frames, negative_distance).tolist() == [[0, 10], [10, 0]]


def test_squared_distances() -> None:
    first, second = torch.randn(7, 300), torch.randn(4, 300)
    torch.testing.assert_close(squared_distances(first, second), torch.cdist(first, second).square())
    assert (squared_distances(first, first) >= 0).all()


def test_one_trajectory_each_is_too_few() -> None:
    with pytest.raises(ValueError, match="at least 2 trajectories"):
        discrepancies(torch.zeros(3, 1, 5, 2), negative_distance)
