"""Minima, barriers, quadrature and Kramers' rates of section 5 of our notes; and what every step must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.benchmarks.temperature.infonce_planted import InfoNCEPlantedTask
from suite.tracks.temperature.barrier import estimate
from suite.tracks.temperature.landscapes.circle import SADDLE, Circle
from suite.tracks.temperature.landscapes.landscape import Landscape
from suite.tracks.temperature.landscapes.ring import Ring
from suite.tracks.temperature.landscapes.sphere import RIDGE, Sphere

RING = Ring(items=8, tau=0.2, barrier=0.49102)
EVERY = pytest.mark.parametrize("landscape", [Circle(), Sphere(), RING], ids=["circle", "sphere", "ring"])
ANGLES = np.linspace(-np.pi, np.pi, 400001)


def anywhere(landscape: Landscape, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if isinstance(landscape, Sphere):
        states = rng.standard_normal((3, count))
        return states / np.linalg.norm(states, axis=0)
    return rng.uniform(-np.pi, np.pi, (landscape.numbers, count))


def test_minima_and_saddles_of_the_circle() -> None:
    energies = Circle().energy(ANGLES[None])
    at = Circle().energy(np.array([[np.pi, 0.0, SADDLE]]))
    assert at == pytest.approx([-1.5, -0.5, 1.03125])
    assert energies.min() == pytest.approx(Circle.lowest)
    assert energies.max() == pytest.approx(1.03125)
    assert pytest.approx(1.445468, abs=1e-6) == SADDLE
    assert Circle.barrier == pytest.approx(at[2] - at[1]) == 1.53125
    assert at[2] - at[0] == pytest.approx(2.53125)
    assert Circle().slope(np.array([0, np.pi, SADDLE])) == pytest.approx(0, abs=1e-12)


def test_the_ridge_of_the_sphere() -> None:
    z = np.linspace(-1, 1, 200001)
    energies = Sphere().energy(np.stack([0 * z, 0 * z, z]))
    assert energies.min() == pytest.approx(Sphere.lowest)
    assert z[energies.argmax()] == pytest.approx(RIDGE, abs=1e-5)
    assert energies.max() - energies[-1] == pytest.approx(Sphere.barrier)
    slope = np.gradient(energies, z)[1:-1]
    assert np.abs(slope - Sphere().slope(z[1:-1])).max() < 1e-4


@pytest.mark.parametrize(
    ("beta", "mass", "mean", "low"),
    [
        (0.5, 0.61316, -0.32634, 0.20228),
        (1, 0.70393, -0.63862, 0.32259),
        (2, 0.86179, -1.06595, 0.55747),
        (4, 0.97922, -1.34565, 0.81254),
        (8, 0.99962, -1.43533, 0.95101),
    ],
)
def test_the_stationary_law_of_the_circle(beta: float, mass: float, mean: float, low: float) -> None:
    energies = Circle().energy(ANGLES[None])
    weights = np.exp(-beta * energies)
    weights[0] = 0  # the same point as the last
    weights /= weights.sum()
    assert weights[Circle().inside(ANGLES[None])].sum() == pytest.approx(mass, abs=2e-5)
    assert weights @ energies == pytest.approx(mean, abs=2e-5)
    assert weights[energies < -1.25].sum() == pytest.approx(low, abs=2e-5)


@pytest.mark.parametrize(("beta", "rate"), [(0.5, 0.550), (1, 0.256), (2, 0.0553), (4, 0.00258), (8, 5.7e-6)])
def test_kramers_rates_of_the_circle(beta: float, rate: float) -> None:
    width = 1e-4
    slopes = [Circle().slope(np.array([at - width, at + width])) for at in (0.0, SADDLE)]
    well, saddle = ((after - before) / (2 * width) for before, after in slopes)
    found = 2 * np.sqrt(well * -saddle) / (2 * np.pi) * np.exp(-beta * Circle.barrier)
    assert found == pytest.approx(rate, rel=0.01)


@EVERY
def test_starts_are_in_the_local_minimum(landscape: Landscape) -> None:
    states = landscape.starts(5, np.random.default_rng(0))
    assert not landscape.inside(states).any()
    still = landscape.stepped(states, 0.05, np.zeros((landscape.numbers, 5), np.float32), landscape.tau)
    assert np.abs(still - states).max() < 2e-3


@EVERY
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_without_noise_the_energy_never_rises(landscape: Landscape, seed: int) -> None:
    states = anywhere(landscape, 20, seed)
    before = landscape.energy(states)
    for _ in range(30):
        states = landscape.stepped(states, 0.02, np.zeros((landscape.numbers, 20)), landscape.tau)
        after = landscape.energy(states)
        assert (after <= before + 1e-12).all()
        before = after


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 2))
def test_a_step_stays_on_the_sphere(seed: int, scale: float) -> None:
    states = anywhere(Sphere(), 50, seed).astype(np.float32)
    noise = (scale * np.random.default_rng(seed).standard_normal((3, 50))).astype(np.float32)
    moved = Sphere().stepped(states, 0.02, noise, 1.0)
    assert np.linalg.norm(moved.astype(np.float64), axis=0) == pytest.approx(1, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), tau=st.floats(0.1, 2))
def test_slopes_of_the_ring_are_those_of_infonce(seed: int, tau: float) -> None:
    torch = pytest.importorskip("torch")
    states = anywhere(RING, 3, seed)
    angles = torch.tensor(states.T, requires_grad=True)
    points = torch.stack([angles.cos(), angles.sin()], dim=-1)
    logits = points @ points.transpose(1, 2) / tau
    logits = logits.masked_fill(torch.eye(8, dtype=torch.bool), -torch.inf)
    following = torch.arange(1, 9) % 8
    losses = torch.nn.functional.cross_entropy(logits.flatten(0, 1), following.repeat(3), reduction="none")
    energies = losses.view(3, 8).mean(dim=1)
    energies.sum().backward()
    assert Ring(8, tau, 1.0).energy(states) == pytest.approx(energies.detach().numpy())
    assert RING.slope(states, tau) == pytest.approx(angles.grad.numpy().T, abs=1e-9)


def test_the_fold_is_a_minimum_and_going_round_is_the_best() -> None:
    fold, around = RING.fold[:, None], RING.around[:, None]
    assert RING.winding(np.hstack([fold, around, -around, 2 * around])).tolist() == [0, 1, -1, 2]
    assert RING.inside(np.hstack([fold, around, -around, 2 * around])).tolist() == [False, True, True, False]
    assert np.abs(RING.slope(fold, 0.2)).max() < 1e-12
    assert RING.energy(fold)[0] - RING.lowest == pytest.approx(0.75638, abs=1e-5)
    random = anywhere(RING, 60, 0)
    for _ in range(3000):
        random = RING.stepped(random, 0.2, np.zeros_like(random), 0.2)
    assert RING.energy(random).min() == pytest.approx(RING.lowest, abs=1e-6)
    assert RING.energy(random)[RING.inside(random)] == pytest.approx(RING.lowest, abs=1e-3)
    assert (RING.energy(random)[~RING.inside(random)] > RING.lowest + 0.7).all()


def test_the_declared_barrier_is_what_the_strings_say() -> None:
    saddle = estimate(RING, images=24, iterations=300)
    assert saddle.falling == 1
    assert saddle.paths.max() <= saddle.barrier + 1e-3
    assert saddle.barrier == pytest.approx(InfoNCEPlantedTask.landscape.barrier, abs=1e-5)
