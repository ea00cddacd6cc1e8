"""Barriers and angles are exact where they can be worked out by hand."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.landscape import angle, barrier

NUMBERS = st.floats(-3, 3, width=32)
VECTORS = st.lists(NUMBERS, min_size=3, max_size=3).map(torch.tensor).filter(lambda v: v.norm() > 0.1)


def wells(weights):
    """The double well with minima at -1 and 1 and a barrier of 1 [..., 1]."""
    return (weights.squeeze(-1) ** 2 - 1) ** 2


def at(*values):
    return torch.tensor(values, dtype=torch.float32).unsqueeze(-1)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (wells, 1.0),
        (lambda w: w.squeeze(-1) ** 2, 0.0),  # convex: never above its chord
        (lambda w: 1 - w.squeeze(-1) ** 2 + w.squeeze(-1), 1.0),  # above a chord that is not level
    ],
)
def test_the_barrier_of_a_curve_is_its_highest_point_above_the_chord(measure, expected):
    assert float(barrier(measure, at(-1), at(1))) == pytest.approx(expected, abs=1e-6)


def test_many_lines_at_once_are_those_lines_one_by_one():
    starts, ends = at(-1, -1, 0.3), at(1, -1, 2)
    together = barrier(wells, starts, ends, points=11)
    assert together.tolist() == [float(barrier(wells, *line, points=11)) for line in zip(starts, ends, strict=True)]
    assert together[1] == 0


@given(NUMBERS, NUMBERS, st.integers(2, 9))
@settings(max_examples=25, deadline=None)
def test_there_is_no_barrier_to_oneself_along_a_straight_line_or_without_points_between(start, end, points):
    assert float(barrier(wells, at(start), at(start), points)) == pytest.approx(0, abs=1e-4)
    assert float(barrier(lambda w: 2 * w.squeeze(-1), at(start), at(end), points)) == pytest.approx(0, abs=1e-5)
    assert float(barrier(wells, at(start), at(end), points=2)) == 0


def test_a_barrier_of_what_is_not_finite_says_so():
    def root(weights):
        return weights.squeeze(-1).log()

    assert math.isnan(barrier(root, at(-1), at(1)))
    assert math.isinf(barrier(lambda w: wells(w) / (w.squeeze(-1).abs() > 0.5), at(-1), at(1)))
    with pytest.raises(ValueError, match="two points"):
        barrier(wells, at(0), at(1), points=1)


@given(VECTORS, VECTORS, st.floats(0.01, 100))
@settings(deadline=None)
def test_an_angle_is_that_of_the_arccosine_and_knows_no_scale(first, second, scale):
    found = float(angle(first, second))
    one, other = first.double(), second.double()
    cosine = float(one @ other / (one.norm() * other.norm()))
    assert found == pytest.approx(math.acos(max(-1.0, min(1.0, cosine))), abs=1e-7)
    assert float(angle(one * scale, second)) == pytest.approx(found, abs=1e-7)
    assert float(angle(second, first)) == pytest.approx(found, abs=1e-12)


def test_angles_of_the_specification():
    weights = torch.randn(4, 17, generator=torch.Generator().manual_seed(0))
    assert angle(weights, weights).tolist() == [0] * 4
    assert angle(weights, 3 * weights).tolist() == pytest.approx([0] * 4, abs=1e-6)  # single precision of 3 w
    assert angle(weights, -weights).tolist() == pytest.approx([math.pi] * 4)
    assert float(angle(torch.tensor([1.0, 0]), torch.tensor([0, 2.0]))) == pytest.approx(math.pi / 2)
    assert math.isnan(angle(weights[0], torch.zeros(17)))
