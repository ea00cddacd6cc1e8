"""Where a network fails along a dial, and where two of them change places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.tracks.ood.generalization.curve import crossings, failure_point

STEPS = np.linspace(0, 1, 6)
curves = arrays(np.float64, 6, elements=st.floats(0, 1).map(lambda value: round(value, 3)))


def test_a_straight_line_fails_where_it_meets_the_share() -> None:
    assert failure_point(STEPS, 1 - STEPS, 0.5) == pytest.approx(0.5)
    assert failure_point(STEPS, 0.9 - 0.5 * STEPS, 0.5) == pytest.approx(0.8)


def test_a_network_that_fails_from_the_start_or_never_has_an_end_of_the_dial() -> None:
    assert failure_point(STEPS, np.full(6, 0.2), 0.5) == 0
    assert failure_point(STEPS, np.full(6, 0.5), 0.5) == 1


@given(curves, st.floats(0.01, 0.99))
def test_the_accuracy_is_under_the_share_right_behind_the_failure_point_and_never_before(
    accuracies: np.ndarray, share: float
) -> None:
    point = float(failure_point(STEPS, accuracies, share))
    dense = np.linspace(0, 1, 4001)
    values = np.interp(dense, STEPS, accuracies)
    assert (values[dense < point - 1e-9] >= share - 1e-9).all()
    if point < 1:
        assert np.interp(min(point + 1e-6, 1), STEPS, accuracies) < share + 1e-4


@given(curves, curves, st.floats(0.01, 0.99))
def test_better_everywhere_never_fails_earlier(one: np.ndarray, other: np.ndarray, share: float) -> None:
    points = failure_point(STEPS, np.stack([np.maximum(one, other), one]), share)
    assert points[0] >= points[1] - 1e-12


@given(curves, curves)
def test_curves_cross_as_often_whichever_is_first_and_lead_alternates(one: np.ndarray, other: np.ndarray) -> None:
    places = crossings(STEPS, one, other)
    assert places == pytest.approx(crossings(STEPS, other, one))
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)
    apart = np.flatnonzero(one != other)
    if apart.size:
        changed = (one[apart[0]] > other[apart[0]]) != (one[apart[-1]] > other[apart[-1]])
        assert len(places) % 2 == int(changed)


def test_two_lines_cross_where_they_meet_and_touching_is_no_crossing() -> None:
    assert crossings(STEPS, 1 - STEPS, 0.7 - 0.4 * STEPS) == pytest.approx([0.5])
    assert crossings(STEPS, [0.9, 0.8, 0.5, 0.4, 0.3, 0.2], [0.8, 0.7, 0.5, 0.3, 0.2, 0.1]) == []
    assert crossings(STEPS, [0.9, 0.8, 0.5, 0.5, 0.3, 0.2], [0.8, 0.7, 0.5, 0.5, 0.4, 0.3]) == pytest.approx([0.5])
    assert crossings(STEPS, STEPS, STEPS) == []
