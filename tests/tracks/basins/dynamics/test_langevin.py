"""Simulation: bit for bit the same however it is cut up, and the right law."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from suite.tracks.basins.dynamics import langevin
from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.langevin import Integrator, simulate
from suite.tracks.basins.dynamics.potential import Potential
from suite.tracks.basins.dynamics.system import System
from suite.tracks.basins.dynamics.systems import SYSTEMS

KEYS = keys(stream(0, "test"), torch.arange(700))
HARMONIC = System(
    "harmonic", Potential(lambda x: 0.5 * x * x), 0.5, 0.2, 40.0, ((-4.0, 4.0),), 200, ((0.0,),), friction=2.0
)


def starts(system: System, count: int) -> Tensor:
    return torch.tensor(system.sites)[torch.arange(count) % len(system.sites)]


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_trajectory_is_the_same_in_any_batch_and_on_any_number_of_threads(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = SYSTEMS[name]
    every = simulate(system, starts(system, 700), KEYS, 3, every=20, threads=1)
    monkeypatch.setattr(langevin, "SMALLEST", 1)
    monkeypatch.setattr(langevin, "LARGEST", 193)
    assert torch.equal(simulate(system, starts(system, 700), KEYS, 3, every=20, threads=3), every)
    for rows in (slice(0, 1), slice(5, 38), slice(131, 700)):
        assert torch.equal(simulate(system, starts(system, 700)[rows], KEYS[rows], 3, every=20), every[rows])
    # Frames are a matter of when one looks.
    assert torch.equal(simulate(system, starts(system, 9), KEYS[:9], 6, every=10)[:, 1::2], every[:9])


@pytest.mark.parametrize("integrator", ["euler-maruyama", "baoab-limit"])
def test_a_harmonic_well_has_the_integrators_own_variance(integrator: Integrator) -> None:
    """Stationary variances are known in closed form: kT / (1 - h / (2 friction)) by Euler, exactly kT by the limit."""
    found = simulate(HARMONIC, torch.zeros(700, 1), KEYS, 200, every=20, integrator=integrator)[:, 20:]
    ratio = HARMONIC.step / HARMONIC.friction
    expected = HARMONIC.temperature / (1 - ratio / 2) if integrator == "euler-maruyama" else HARMONIC.temperature
    samples = found.numel() / 2  # neighbouring frames are correlated
    assert float(found.double().var()) == pytest.approx(expected, rel=5 * (2 / samples) ** 0.5)


def test_friction_slows_time_and_barrier_raises_the_potential() -> None:
    slow = replace(HARMONIC, friction=4.0, step=0.4)
    fast = simulate(HARMONIC, torch.ones(5, 1), KEYS[:5], 4, every=3)
    assert torch.allclose(simulate(slow, torch.ones(5, 1), KEYS[:5], 4, every=3), fast, atol=1e-6)
    stiff = replace(HARMONIC, barrier=4.0, temperature=1e-12)
    decayed = simulate(stiff, torch.ones(1, 1), KEYS[:1], 1, every=1)
    assert float(decayed) == pytest.approx(1 - 4 * HARMONIC.step / HARMONIC.friction, abs=1e-5)


@pytest.mark.parametrize("name", SYSTEMS)
def test_gradients_are_those_of_the_energy(name: str) -> None:
    system = SYSTEMS[name]
    generator = torch.Generator().manual_seed(0)
    points = [
        low + (high - low) * torch.rand(200, generator=generator, dtype=torch.float64) for low, high in system.box
    ]
    by_autograd = Potential(system.potential.energy).gradient(*points)
    for own, expected in zip(system.potential.gradient(*points), by_autograd, strict=True):
        assert torch.allclose(own, expected, rtol=1e-9, atol=1e-9)


def test_ten_dimensions_with_a_potential_of_ones_own() -> None:
    system = System(
        "mine",
        Potential(lambda *z: sum((each**2 - 1) ** 2 for each in z)),
        0.05,
        5e-3,
        1.0,
        ((-2.0, 2.0),) * 10,
        2,
        ((1.0,) * 10, (-1.0,) * 10),
    )
    found = simulate(system, starts(system, 40), KEYS[:40], 4)
    assert found.shape == (40, 4, 10)
    assert torch.equal(found.sign(), starts(system, 40)[:, None].expand_as(found))


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match=r"triple-well needs starts of shape \[N, 2\] .* Got \[4, 3\]"):
        simulate(SYSTEMS["triple-well"], torch.zeros(4, 3), KEYS[:4], 2)
    with pytest.raises(ValueError, match=r"4 of 4 trajectories diverge\. Use a shorter step"):
        simulate(replace(SYSTEMS["double-well"], step=2.0), torch.full((4, 1), 3.0), KEYS[:4], 2, every=50)


def test_wells_have_the_temperature_that_is_asked_for() -> None:
    """Bins of a long run follow the Boltzmann weights of the double well."""
    system = SYSTEMS["double-well"]
    found = simulate(system, starts(system, 700), KEYS, 60, every=50)[:, 10:].flatten().double().numpy()
    edges = np.linspace(-1.6, 1.6, 17)
    fine = np.linspace(-2, 2, 4001)
    weights = np.exp(-((fine**2 - 1) ** 2) / system.temperature)
    expected = np.array([weights[(fine >= a) & (fine < b)].sum() for a, b in itertools.pairwise(edges)])
    shares = np.histogram(found, edges)[0] / len(found)
    assert np.abs(shares - expected / weights.sum()).max() < 0.01
