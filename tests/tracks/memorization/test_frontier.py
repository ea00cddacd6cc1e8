"""The envelope and its score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.memorization.frontier import Anchors, along, envelope, frontier_score, reached, with_anchors

POINTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=8).map(
    lambda pairs: np.array(pairs, dtype=float).reshape(-1, 2)
)


def test_the_anchors_alone_score_0_and_the_best_point_1() -> None:
    assert frontier_score(np.empty((0, 2))) == 0
    assert frontier_score(np.array([[1.0, 1.0]])) == 1
    assert frontier_score(np.array([[0.5, 0.5]])) == pytest.approx(0)
    assert frontier_score(np.array([[0.5, 1.0]])) == pytest.approx(0.5)


def test_a_point_below_the_line_between_two_others_is_no_corner() -> None:
    points = with_anchors(np.array([[0.4, 0.9], [0.5, 0.8], [0.8, 0.7]]))
    assert envelope(points) == [0, 1, 3, 4]
    assert along(points, np.array([0.0, 1, 2, 3, 4]), 0.6) == pytest.approx(2)
    assert reached(points, 0.8) == pytest.approx(0.6)


def test_a_coin_between_two_points_is_on_the_envelope() -> None:
    points = np.array([[0.2, 0.95], [0.6, 0.9]])
    mixed = np.vstack([points, points.mean(axis=0)])
    assert frontier_score(mixed) == pytest.approx(frontier_score(points))


@given(points=POINTS, more=POINTS)
def test_more_points_never_lower_the_score(points: np.ndarray, more: np.ndarray) -> None:
    few, many = frontier_score(points), frontier_score(np.vstack([points, more]))
    assert -1e-12 <= few <= many + 1e-12
    assert many <= 1 + 1e-12


@given(points=POINTS)
def test_no_point_lies_above_the_envelope_which_bends_down(points: np.ndarray) -> None:
    every = with_anchors(points)
    corners = every[envelope(every)]
    assert (np.diff(corners[:, 0]) > 0).all()
    assert (every[:, 1] <= np.interp(every[:, 0], corners[:, 0], corners[:, 1]) + 1e-9).all()
    slopes = np.diff(corners[:, 1]) / np.diff(corners[:, 0])
    assert (np.diff(slopes) <= 1e-6 * np.maximum(1, np.abs(slopes[1:]))).all()


def test_points_are_placed_between_the_anchors() -> None:
    anchors = Anchors(plain_memorized=0.8, plain_aligned=0.9, free_aligned=0.1)
    placed = anchors.placed(np.array([0.8, 0.2, 0.0, 1.0]), np.array([0.9, 0.5, 0.1, 0.0]))
    assert placed == pytest.approx(np.array([[0, 1], [0.75, 0.5], [1, 0], [0, 0]]))
