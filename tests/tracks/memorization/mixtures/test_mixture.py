"""Which points a mixture supports."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.benchmarks.memorization.mixtures import MIXTURES
from suite.tracks.memorization.mixtures.mixture import OUTSIDE, Mixture

THREE = Mixture(modes=((1.0,), (2.0,), (3.0,)), deviation=0.05, points=300)


@given(mode=st.integers(0, 2), distance=st.floats(-9, 9))
def test_a_point_is_outside_if_it_is_six_deviations_from_every_mode(mode: int, distance: float) -> None:
    point = THREE.places[mode] + distance * THREE.deviation
    nearest, found = THREE.nearest(point[None])
    assert nearest.tolist() == [mode]
    assert found.item() == pytest.approx(abs(distance), abs=1e-4)
    if abs(abs(distance) - OUTSIDE) > 1e-3:
        assert THREE.outside(point[None]).tolist() == [abs(distance) > OUTSIDE]


@pytest.mark.parametrize("name", MIXTURES)
def test_training_points_are_in_support_as_many_of_each_mode(name: str) -> None:
    mixture = MIXTURES[name]
    points = mixture.drawn(0)
    modes, distances = mixture.nearest(points)
    assert modes.bincount().tolist() == [mixture.points // len(mixture.modes)] * len(mixture.modes)
    assert not mixture.outside(points).any()
    assert (distances.square().mean() / mixture.size).item() == pytest.approx(1, abs=0.02)
    assert torch.equal(points, mixture.drawn(0))
    assert not torch.equal(points, mixture.drawn(1))


@pytest.mark.parametrize("name", MIXTURES)
def test_the_middle_between_two_neighbours_is_outside(name: str) -> None:
    places = MIXTURES[name].places
    gaps = torch.cdist(places, places) + 99 * torch.eye(len(places))
    middles = (places + places[gaps.argmin(dim=1)]) / 2
    assert MIXTURES[name].outside(middles).all()


def test_the_grid_has_deviation_one() -> None:
    assert MIXTURES["grid-25"].drawn(0).std(dim=0).tolist() == pytest.approx([1, 1], abs=0.01)
