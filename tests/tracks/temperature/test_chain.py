"""The exact chain gives section 5's table of our notes, whatever the number of modes, and the stationary law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.tracks.temperature.chain import circle_chain
from suite.tracks.temperature.landscapes.circle import SADDLE, Circle
from suite.tracks.temperature.landscapes.landscape import Landscape
from suite.tracks.temperature.landscapes.sphere import RIDGE, Sphere

from .table import AFTER, ETA, SCHEDULES, SHARES


@pytest.fixture(scope="module")
def exact() -> dict[str, np.ndarray]:
    return {name: Circle().chain().shares(betas, ETA, AFTER) for name, betas in SCHEDULES.items()}


@pytest.mark.parametrize("name", SHARES)
def test_the_table_is_reproduced(name: str, exact: dict[str, np.ndarray]) -> None:
    assert exact[name] == pytest.approx(SHARES[name], abs=0.03)
    assert exact[name] == pytest.approx(SHARES[name], abs=0.014)  # what was found: twice the table's standard error


def test_trapped_schedules_stay_and_log_at_the_barrier_beats_its_neighbours(exact: dict[str, np.ndarray]) -> None:
    assert exact["fixed 2"][1] == pytest.approx(0.862, abs=0.03)
    assert exact["log 1"][2] > max(exact["log 0.5"][2], exact["log 2"][2])
    for name in ("fast", "log 0.5"):
        assert exact[name][2] - exact[name][0] < 0.03


@pytest.mark.parametrize(("landscape", "coarse", "fine"), [(Circle(), 64, 96), (Sphere(), 48, 72)])
@pytest.mark.parametrize("shape", ["log", "geometric", "cold"])
def test_more_modes_change_nothing(landscape: Landscape, coarse: int, fine: int, shape: str) -> None:
    times = 0.02 * np.arange(4000)
    betas = {
        "log": np.log(times + np.e) / landscape.barrier,
        "geometric": 0.1 * 100 ** (times / times[-1]),
        "cold": np.full(len(times), 8.0),
    }[shape]
    looks = [5, 10, 100, 1000, 4000]
    one, other = (landscape.chain(modes) for modes in (coarse, fine))
    assert one is not None
    assert other is not None
    assert one.shares(betas, 0.02, looks) == pytest.approx(other.shares(betas, 0.02, looks), abs=1e-6)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0, 4.0])
def test_a_fixed_temperature_ends_in_its_stationary_law(beta: float) -> None:
    angles = np.linspace(-np.pi, np.pi, 20001)
    weights = np.exp(-beta * Circle().energy(angles[None]))
    mass = weights[np.abs(angles) > SADDLE].sum() / weights.sum()
    eta = 0.002  # of which the error of the step is a part
    chain = Circle().chain(48)
    # 2^k steps by squaring the step's matrix; the damping is the same throughout
    step = chain.damping(np.array([2 * eta / beta]))[0][:, None] * chain.drift(eta)
    assert float(chain.well @ np.linalg.matrix_power(step, 2**22)[:, 0]) == pytest.approx(mass, abs=3e-3)


def test_on_the_sphere_too_and_its_error_is_of_the_first_order_in_the_step() -> None:
    z = np.linspace(-1, 1, 20001)
    weights = np.exp(-2 * Sphere().energy(np.stack([0 * z, 0 * z, z])))
    mass = weights[z < RIDGE].sum() / weights.sum()
    coarse, fine = (Sphere().chain().shares(np.full(n, 2.0), 40 / n, [n])[0] for n in (2000, 4000))
    assert coarse - mass == pytest.approx(2 * (fine - mass), rel=0.1)
    assert 2 * fine - coarse == pytest.approx(mass, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(betas=st.lists(st.floats(0.05, 20), min_size=1, max_size=30), eta=st.floats(1e-3, 5e-2))
def test_shares_are_shares_and_noise_alone_spreads_evenly(betas: list[float], eta: float) -> None:
    numbers = np.array(betas)
    looks = list(range(len(betas) + 1))
    shares = circle_chain(lambda angles: 0 * angles, SADDLE, 64).shares(numbers, eta, looks)
    assert ((shares >= 0) & (shares <= 1)).all()
    variance = np.r_[0, (2 * eta / numbers).cumsum()]
    far = 1 - SADDLE / np.pi
    orders = np.arange(1, 64)
    wrapped = far - (2 * np.exp(-np.outer(variance, orders**2) / 2) * np.sin(orders * SADDLE) / (np.pi * orders)).sum(1)
    assert shares == pytest.approx(wrapped.clip(0, 1), abs=1e-9)
