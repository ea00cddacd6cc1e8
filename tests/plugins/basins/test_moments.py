"""Directions of differing moments: found where they are, by moments of the right order, and not in noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.plugins.basins._moments import moment_directions, shuffled


def states(order: int, strength: float = 1.0, dimension: int = 20) -> torch.Tensor:
    """Return white states [6, 8, 40, D]; classes differ by their moment of an order in the first ``order`` coordinates.

    Of second order: half of the classes vary more in one coordinate and less in the other. Of third: the product of
    three signs is one in half of the classes and minus one in the others.
    """
    generator = torch.Generator().manual_seed(0)
    made = torch.randn(6, 8, 40, dimension, generator=generator)
    sign = torch.tensor([1.0, -1.0]).repeat(3)[:, None, None]
    if order == 2:
        made[..., 0] *= (1 + 0.5 * strength * sign).sqrt()
        made[..., 1] *= (1 - 0.5 * strength * sign).sqrt()
    else:
        made[..., :3] = made[..., :3].sign()
        made[..., 2] = made[..., 0] * made[..., 1] * sign
    return made


@pytest.mark.parametrize("order", [2, 3])
def test_directions_span_the_coordinates_that_differ(order: int) -> None:
    found, strength = moment_directions(states(order), order, order)
    assert torch.allclose(found.T @ found, torch.eye(order), atol=1e-5)
    assert found[:order].square().sum() > 0.9 * order
    noise = moment_directions(shuffled(states(order), torch.Generator().manual_seed(1)), order, order)[1]
    assert strength > 2 * noise


def test_a_third_moment_is_not_seen_by_the_second() -> None:
    found, strength = moment_directions(states(3), 2, 3)
    noise = moment_directions(shuffled(states(3), torch.Generator().manual_seed(1)), 2, 3)[1]
    assert strength < 2 * noise
    assert found[:3].square().sum() < 1.5


def test_shuffled_states_keep_their_trajectories_and_every_number() -> None:
    given_states = states(2)
    mixed = shuffled(given_states, torch.Generator().manual_seed(0))
    for number in range(8):
        assert sorted(mixed[:, number, 0, 0].tolist()) == sorted(given_states[:, number, 0, 0].tolist())
    assert not torch.equal(mixed, given_states)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**31))
def test_they_turn_with_the_states(seed: int) -> None:
    """Directions are of the states, not of the coordinates in which they are written."""
    turn = torch.from_numpy(np.linalg.qr(np.random.default_rng(seed).normal(size=(20, 20)))[0]).float()
    one, strength = moment_directions(states(2), 2, 2)
    other, turned = moment_directions(states(2) @ turn, 2, 2)
    assert torch.allclose(turn.T @ one @ one.T @ turn, other @ other.T, atol=1e-3)
    assert turned == pytest.approx(strength, rel=1e-3)
