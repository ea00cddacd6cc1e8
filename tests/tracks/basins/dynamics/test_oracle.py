"""The oracle against closed forms and long simulations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.langevin import simulate
from suite.tracks.basins.dynamics.oracle import components, generator, grid, marginal_distributions, truth, truth_of
from suite.tracks.basins.dynamics.systems import SYSTEMS
from suite.tracks.basins.latent import BURN_IN, FRAMES

SMALL = {name: replace(system, grid=24) for name, system in SYSTEMS.items()}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_generator_keeps_probability_and_balances_in_detail(name: str) -> None:
    system = SMALL[name]
    rates = generator(system)
    assert np.abs(rates.sum(axis=1)).max() < 1e-9 * np.abs(rates.diagonal()).max()
    energies = system.potential(*(torch.from_numpy(each) for each in grid(system))).numpy().ravel() * system.barrier
    weights = np.exp(-np.minimum(energies - energies.min(), 40 * system.temperature) / system.temperature)
    flux = rates.T.multiply(weights[None, :]).toarray() - np.diag(rates.diagonal() * weights)
    assert np.allclose(flux, flux.T, rtol=1e-9, atol=0)


@pytest.mark.parametrize("name", ["double-well", "triple-well", "prinz", "ring-of-wells"])
def test_marginals_are_those_of_long_simulations(name: str) -> None:
    """20,000 trajectories from two sites, in blocks of cells: as close as counting and the time step allow."""
    system, count = SYSTEMS[name], 20_000
    starts = np.array(system.sites[:2], dtype=np.float32)
    exact = marginal_distributions(system, starts, FRAMES, BURN_IN)
    blocks = np.arange(system.grid) * 8 // system.grid
    block_of_cell = np.ravel_multi_index(
        np.meshgrid(*[blocks] * system.dimension, indexing="ij"), (8,) * system.dimension
    )
    for number in range(2):
        names = keys(stream(number, "oracle"), torch.arange(count))
        found = simulate(system, torch.from_numpy(starts[[number]]).expand(count, -1), names, FRAMES)[:, BURN_IN:]
        places = [
            np.rint((found[..., axis].numpy() - low) / (high - low) * (system.grid - 1)).astype(int).ravel()
            for axis, (low, high) in enumerate(system.box)
        ]
        seen = np.bincount(block_of_cell[tuple(places)], minlength=8**system.dimension) / places[0].size
        expected = np.bincount(block_of_cell.ravel(), weights=exact[number], minlength=8**system.dimension)
        assert 0.5 * np.abs(seen - expected).sum() < 0.025


def test_risk_of_the_same_start_is_one_half_and_labels_follow() -> None:
    system = SYSTEMS["double-well"]
    found = truth(system, np.array([[-1.0], [1.0], [-1.0]], dtype=np.float32), FRAMES, BURN_IN)
    assert found.labels.tolist() == [0, 1, 0]
    assert found.risk[0, 2] == found.risk[1, 1] == 0.5
    assert np.allclose(found.risk, found.risk.T)
    assert 0 < found.risk[0, 1] < 0.1
    assert found.ambiguous == 0


def test_a_reducible_process_never_mixes() -> None:
    system = SYSTEMS["separate-rings"]
    found = truth(system, np.array(system.sites, dtype=np.float32), FRAMES, BURN_IN)
    assert found.risk[np.triu_indices(3, 1)].max() < 1e-6
    assert truth(replace(system, horizon=500.0), np.array(system.sites, np.float32), FRAMES, BURN_IN).labels.max() == 2


def test_the_truth_depends_on_the_horizon() -> None:
    """Two neighbouring wells are two basins for a while, and one in the long run."""
    starts = np.array([[-1.0], [1.0]], dtype=np.float32)
    short, long = (
        truth(replace(SYSTEMS["double-well"], horizon=horizon), starts, FRAMES, BURN_IN) for horizon in (6.0, 6000.0)
    )
    assert short.labels.tolist() == [0, 1]
    assert long.labels.tolist() == [0, 0]


def test_components_are_numbered_by_appearance() -> None:
    linked = np.zeros((4, 4), dtype=bool)
    linked[1, 3] = linked[3, 1] = True
    assert components(linked).tolist() == [0, 1, 2, 1]


def test_risk_is_one_half_for_the_same_law_and_zero_for_disjoint_ones() -> None:
    found = truth_of(np.array([[1.0, 0, 0, 0, 0], [0, 0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0, 0]]))
    np.testing.assert_allclose(1 - 2 * found.risk, [[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]])
