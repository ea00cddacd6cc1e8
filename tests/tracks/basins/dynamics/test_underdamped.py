"""Underdamped dynamics: the law on the phase space's grid against simulations and the Boltzmann distribution."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch

from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.processes import process
from suite.tracks.basins.dynamics.underdamped import Underdamped

WASHBOARD = cast(Underdamped, process("tilted-washboard"))


def marginals(process: Underdamped, law: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    joint = law.reshape(process.grid)
    return joint.sum(axis=1), joint.sum(axis=0)


@pytest.mark.slow
def test_laws_are_those_of_simulations() -> None:
    """20,000 trajectories from each site after eight frames: positions in 16 bins, momenta in 16."""
    count, frames = 20_000, 8
    for number, site in enumerate(WASHBOARD.sites):
        starts = torch.tensor([site]).expand(count, -1)
        drawn = keys(stream(number, "washboard"), torch.arange(count))
        states = WASHBOARD.simulate(starts, drawn, frames, WASHBOARD.every)[:, -1].double()
        law = WASHBOARD.laws(starts[:1].numpy(), frames, frames - 1)[0]
        along, momenta = marginals(WASHBOARD, law)
        cell = 2 * math.pi / WASHBOARD.grid[0]
        places = (torch.remainder(states[:, 0] + cell / 2, 2 * math.pi) / cell).long().clamp(max=95) // 6
        spacing = 2 * WASHBOARD.fastest / WASHBOARD.grid[1]
        speeds = ((states[:, 1] + WASHBOARD.fastest + spacing / 2) / spacing).long().clamp(0, 127) // 8
        for seen, expected, bins in ((places, along, 16), (speeds, momenta, 16)):
            shares = np.bincount(seen.numpy(), minlength=bins) / count
            assert 0.5 * np.abs(shares - expected.reshape(bins, -1).sum(axis=1)).sum() < 0.01


def test_without_a_tilt_the_law_becomes_boltzmanns() -> None:
    """To the integrator's error, of second order in its step."""
    still = replace(WASHBOARD, tilt=0.0, friction=1.0, temperature=1.0, wells=1, height=0.5, grid=(32, 64))
    law = still.laws(np.array([[0.5, 0.0]], dtype=np.float32), 60, 59)[0]
    along, momenta = marginals(still, law)
    q, p = 2 * math.pi * np.arange(32) / 32, (np.arange(64) - 32) * 12 / 64
    expected = np.exp(0.5 * np.cos(q)), np.exp(-(p**2) / 2)
    assert np.abs(along - expected[0] / expected[0].sum()).max() < 1e-3
    assert np.abs(momenta - expected[1] / expected[1].sum()).max() < 1e-3


def test_a_tilt_drives_one_of_the_basins_round_the_circle() -> None:
    starts = torch.tensor([WASHBOARD.sites[2], WASHBOARD.sites[0]])
    states = WASHBOARD.simulate(starts, keys(stream(0, "test"), torch.arange(2)), 24, WASHBOARD.every)
    assert states[0, -1, 0] > 6 * math.pi
    assert states[1, :, 0].abs().max() < math.pi
    features = WASHBOARD.features(states)
    assert features[0, :, 2].mean() > 0.5
    assert features[1, :, 2].mean() < -0.5
    assert torch.allclose(features[..., :2].square().sum(dim=-1), torch.ones(2, 24))
