"""Few trajectories, few states, small units: the same answer, or words that say what is lacking."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.plugins.basins.energy_distance import EnergyDistance
from suite.plugins.basins.gmm import GMM
from suite.plugins.basins.kmeans import KMeans
from suite.plugins.basins.mmd import MMD
from suite.plugins.basins.spectral import Spectral
from suite.plugins.basins.trajectory_mean_ward import TrajectoryMeanWard
from suite.tracks.basins import BasinContext, BasinDetector
from suite.tracks.basins.contract import Partition
from suite.tracks.basins.metrics import adjusted_rand_index


def found(
    method: BasinDetector, states: int, trajectories: int, unit: float = 1.0, count: int | None = None
) -> np.ndarray:
    """Return the labels of states whose two halves lie a dozen standard deviations apart."""
    generator = torch.Generator().manual_seed(0)
    frames = 0.3 * torch.randn(states, trajectories, 18, 10, generator=generator)
    frames[states // 2 :, ..., 0] += 4.0
    context = BasinContext(seed=0, count=count, burn_in=6, simulator=None)  # type: ignore[arg-type]
    return np.asarray(method.partition(frames * unit, context))


def halves(states: int) -> list[int]:
    return [int(number >= states // 2) for number in range(states)]


@pytest.mark.parametrize("unit", [1.0, 1e-9, 1e6])
@pytest.mark.parametrize("method", [GMM, KMeans, Spectral, MMD, EnergyDistance, TrajectoryMeanWard])
def test_units_do_not_matter(method: type[BasinDetector], unit: float) -> None:
    assert adjusted_rand_index(halves(8), found(method(), 8, 6, unit)) == 1.0


def test_one_trajectory_tells_of_no_noise_but_can_be_grouped() -> None:
    with pytest.raises(ValueError, match="expected 2 trajectories or more of each representative"):
        found(TrajectoryMeanWard(), 8, 1)
    assert adjusted_rand_index(halves(8), found(TrajectoryMeanWard(), 8, 1, count=2)) == 1.0


@pytest.mark.parametrize("method", [TrajectoryMeanWard, MMD, EnergyDistance])
def test_of_two_states_no_rule_tells_the_number_of_groups(method: type[BasinDetector]) -> None:
    with pytest.raises(ValueError, match="cannot tell whether 2 representatives are one group"):
        found(method(), 2, 6)
    assert found(method(), 2, 6, count=2).tolist() in ([0, 1], [1, 0])


def test_a_partition_stands_for_its_labels() -> None:
    assert np.asarray(Partition([0, 1, 1])).tolist() == [0, 1, 1]
    assert adjusted_rand_index([0, 1, 1], Partition(torch.tensor([5, 2, 2]))) == 1.0
