"""Stirred dynamics: the grid's generator against the square-root one, the equilibrium, and simulations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.oracle import generator, grid_energies, marginal_distributions
from suite.tracks.basins.dynamics.processes import process
from suite.tracks.basins.dynamics.stirred import Stirred, drift_generator
from suite.tracks.basins.dynamics.systems import SYSTEMS
from suite.tracks.basins.latent import BURN_IN, FRAMES

SYSTEM = replace(SYSTEMS["triple-well"], grid=40)
SITES = np.array(SYSTEM.sites, dtype=np.float32)


def test_without_stirring_it_is_the_other_discretisation_of_the_same_dynamics() -> None:
    """Two schemes that differ in second order of the grid's spacing."""
    still = Stirred(SYSTEM, 0.0).laws(SITES, FRAMES, BURN_IN)
    expected = marginal_distributions(SYSTEM, SITES, FRAMES, BURN_IN)
    assert 0.5 * np.abs(still - expected).sum(axis=1).max() < 0.03


def test_the_generator_keeps_probability_and_nearly_the_boltzmann_distribution_but_no_detailed_balance() -> None:
    stirred = Stirred(SYSTEM, 1.0)
    rates = drift_generator(stirred._turning)
    assert np.abs(rates.sum(axis=1)).max() < 1e-9 * np.abs(rates.diagonal()).max()
    weights = np.exp(-(grid_energies(SYSTEM) - grid_energies(SYSTEM).min()).ravel() / SYSTEM.temperature)
    weights /= weights.sum()
    flow = rates.T.multiply(weights).toarray()
    np.fill_diagonal(flow, 0)
    leaving = flow.sum()
    assert np.abs(rates.T @ weights).sum() < 0.02 * leaving
    assert np.abs(flow - flow.T).sum() > 0.05 * leaving
    reversible = generator(SYSTEM).T.multiply(weights).toarray()
    assert np.allclose(reversible, reversible.T)


@pytest.mark.slow
def test_laws_are_those_of_simulations() -> None:
    """1,500 trajectories from a site, in blocks of cells; the time step and counting allow for the rest."""
    stirred, count = process("stirred-triple-well"), 1500
    assert isinstance(stirred, Stirred)
    starts = torch.tensor(stirred.sites[:1]).expand(count, -1)
    every = stirred.steps(FRAMES)
    states = stirred.simulate(starts, keys(stream(0, "stirred"), torch.arange(count)), FRAMES, every)[:, BURN_IN:]
    exact = stirred.laws(starts[:1].numpy(), FRAMES, BURN_IN)[0]
    system = stirred.system
    places = [
        np.rint((states[..., axis].numpy().ravel() - low) / (high - low) * (system.grid - 1)).astype(int)
        for axis, (low, high) in enumerate(system.box)
    ]
    of_row = np.arange(system.grid) * 8 // system.grid
    block = (of_row[:, None] * 8 + of_row).ravel()
    seen = np.bincount(block[places[0] * system.grid + places[1]], minlength=64) / places[0].size
    assert 0.5 * np.abs(seen - np.bincount(block, exact, minlength=64)).sum() < 0.05
