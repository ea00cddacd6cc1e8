"""The named processes: simulations follow the computed laws, and the horizon leaves few pairs ambiguous."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from suite.tracks.basins.dynamics.counter import keys, stream, uniforms
from suite.tracks.basins.dynamics.oracle import truth_of
from suite.tracks.basins.dynamics.processes import DEVELOPMENT, RECIPES, SCORED, process
from suite.tracks.basins.latent import BURN_IN, FRAMES

BASINS = {
    "tilted-washboard": 3,
    "stirred-triple-well": 3,
    "communities": 5,
    "reducible-loops": 4,
    "reducible-tetrahedra": 2,
    "hopfield": 8,
    "rotor": 3,
    "reducible-communities": 4,
    "leaking-loops": 3,
    "leaking-tetrahedra": 4,
    "small-hopfield": 6,
}
"""Of all but the stirred valley, whose grid takes seconds."""
LONG = ("hopfield", "tilted-washboard", "stirred-triple-well", "rotor")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in BASINS]
)
def test_each_site_lies_in_a_basin_of_its_own_and_no_pair_is_ambiguous(name: str) -> None:
    found = truth_of(process(name).laws(np.array(process(name).sites, dtype=np.float32), FRAMES, BURN_IN))
    assert found.labels.tolist() == list(range(BASINS[name]))
    assert found.ambiguous == 0


def test_scored_and_development_processes_are_not_the_same() -> None:
    assert not set(SCORED) & set(DEVELOPMENT)
    assert {process(name).name for name in BASINS} == set(BASINS)
    assert len({str(recipe) for recipe in RECIPES.values()}) == len(RECIPES)


@pytest.mark.parametrize("name", ["communities", "reducible-loops", "leaking-tetrahedra", "small-hopfield", "rotor"])
def test_a_trajectory_depends_on_its_start_and_its_key_alone(name: str) -> None:
    made, drawn = process(name), keys(stream(3, "test"), torch.arange(6))
    starts = torch.tensor([made.sites[0], made.sites[1]]).repeat(3, 1)
    every = made.steps(FRAMES)
    together = made.simulate(starts, drawn, 4, every)
    alone = made.simulate(starts[[5, 2]], drawn[[5, 2]], 4, every)
    assert torch.equal(alone, together[[5, 2]])
    assert torch.equal(made.simulate(starts, drawn, 2, every), together[:, :2])
    assert not torch.equal(together[0], together[2])


@pytest.mark.parametrize("name", ["communities", "reducible-loops", "leaking-tetrahedra"])
def test_states_are_told_apart_and_vary_as_noise_does(name: str) -> None:
    made = process(name)
    every = torch.arange(made.laws(np.zeros((1, 1), np.float32), 1, 0).shape[1]).float()[:, None]
    codes = made.features(every)
    assert torch.pdist(codes).min() > 0.05
    assert abs(float(codes.square().mean()) - 1) < 0.01
    assert codes.mean(dim=0).abs().max() < 1e-6


def test_uniform_numbers_are_uniform() -> None:
    drawn = uniforms(keys(stream(0, "test"), torch.arange(100)), 0, 500)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert abs(float(drawn.mean()) - 0.5) < 0.005
    assert abs(float(drawn.var()) - 1 / 12) < 0.002
    assert torch.equal(uniforms(keys(stream(0, "test"), torch.arange(100)), 7, 3), drawn[7:10])
