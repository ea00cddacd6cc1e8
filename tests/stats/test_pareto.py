"""Pareto fronts and hypervolumes, against what the definitions say when they are followed word by word."""

from __future__ import annotations

import itertools
import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.stats.pareto import front, hypervolume

STEPS = 5
Cloud = tuple[list[tuple[int, ...]], tuple[bool, ...]]


@st.composite
def clouds(draw: st.DrawFn, low: int = 1, high: int = 4) -> Cloud:
    """Return points on a small grid, so that many coordinates are equal, and directions."""
    dimension = draw(st.integers(low, high))
    points = draw(st.lists(st.tuples(*[st.integers(0, STEPS)] * dimension), max_size=9))
    return points, tuple(draw(st.lists(st.booleans(), min_size=dimension, max_size=dimension)))


def better(a: float, b: float, more: bool) -> bool:
    return a > b if more else a < b


def beats(a: tuple[int, ...], b: tuple[int, ...], higher: tuple[bool, ...]) -> bool:
    return not any(better(y, x, more) for x, y, more in zip(a, b, higher, strict=True)) and a != b


def cells_beaten(points: list[tuple[int, ...]], reference: tuple[int, ...], higher: tuple[bool, ...]) -> int:
    """Count the unit cubes of the grid that lie between a point and the reference."""

    def covers(point: tuple[int, ...], middle: tuple[float, ...]) -> bool:
        each = zip(point, middle, reference, higher, strict=True)
        return all(better(p, m, more) and better(m, r, more) for p, m, r, more in each)

    middles = itertools.product(np.arange(-1, STEPS + 2) + 0.5, repeat=len(reference))
    return sum(any(covers(point, middle) for point in points) for middle in middles)


@given(clouds())
def test_a_point_is_on_the_front_unless_another_beats_it(cloud: Cloud) -> None:
    points, higher = cloud
    expected = [not any(beats(other, point, higher) for other in points) for point in points]
    assert list(front(points, higher)) == expected


@settings(max_examples=60)
@given(clouds(low=2, high=3), st.integers(-1, STEPS + 1))
def test_hypervolume_is_the_number_of_cubes_beaten(cloud: Cloud, at: int) -> None:
    points, higher = cloud
    reference = (at,) * len(higher)
    assert hypervolume(points, reference, higher) == pytest.approx(cells_beaten(points, reference, higher))


@settings(max_examples=40)
@given(st.integers(2, 5), st.integers(0, 8), st.randoms(use_true_random=False))
def test_hypervolume_agrees_with_inclusion_and_exclusion(dimension: int, count: int, random: Random) -> None:
    points = np.array([[random.random() for _ in range(dimension)] for _ in range(count)])
    expected = sum(
        (-1) ** (size + 1) * math.prod(np.clip(0.9 - np.max(chosen, axis=0), 0, None))
        for size in range(1, count + 1)
        for chosen in itertools.combinations(points, size)
    )
    assert hypervolume(points, [0.9] * dimension, [False] * dimension) == pytest.approx(expected, abs=1e-12)


def test_a_point_that_another_one_beats_and_a_copy_change_no_volume() -> None:
    points = [(1.0, 3.0), (2.0, 1.0)]
    volume = hypervolume(points, (4, 4), (False, False))
    assert volume == 3 * 1 + 2 * 2
    assert hypervolume([*points, (3, 3), (1, 3)], (4, 4), (False, False)) == volume
    assert hypervolume([*points, (0, 5)], (4, 4), (False, False)) == volume  # does not beat the reference


def test_equal_points_are_on_the_front_together() -> None:
    assert list(front([(1, 1), (1, 1), (1, 2)], (True, False))) == [True, True, False]


def test_no_points_have_no_front_and_no_volume() -> None:
    assert front([], (True, False)).size == 0
    assert hypervolume([], (0, 0), (True, True)) == 0


@pytest.mark.parametrize(
    ("points", "higher", "said"),
    [
        ([(1.0, math.nan)], (True, True), "not a number"),
        ([(1.0, 2.0)], (True,), "numbers each"),
        ([1.0, 2.0], (True, True), "numbers each"),
    ],
)
def test_what_is_no_cloud_of_points_is_refused(points: list[object], higher: tuple[bool, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        front(points, higher)
    with pytest.raises(ValueError, match=r"numbers each|not a number|two dimensions"):
        hypervolume(points, [0.0] * len(higher), higher)


def test_a_volume_has_two_coordinates_or_more() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        hypervolume([(1.0,)], (0.0,), (True,))
