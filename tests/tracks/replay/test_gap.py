"""Depth and recovery of the stability gap: by hand, and what holds of any curve."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay.gap import RECOVERED, Gap, gap_depth, gap_recovered, gap_recovery, stability_gaps
from suite.tracks.replay.stream.accuracy import Curve

NAN = np.nan


def curve(values: list[list[float]], training: list[int], every: int = 1) -> Curve:
    steps = every * np.arange(1, len(values) + 1)
    return Curve(steps, np.array(training), np.array(values, dtype=float))


def test_by_hand() -> None:
    first = [[0.5, NAN, NAN], [0.8, NAN, NAN]]
    second = [[0.4, 0.1, NAN], [0.2, 0.5, NAN], [0.7, 0.8, NAN], [0.77, 0.8, NAN], [0.6, 0.8, NAN]]
    third = [[0.3, 0.5, 0.2], [0.4, 0.6, 0.9]]
    one, other = stability_gaps(curve([*first, *second, *third], [0, 0, 1, 1, 1, 1, 1, 2, 2], every=10))
    assert one == Gap(start=20, length=50, before=0.8, lowest=0.2, recovery=40)
    assert (other.start, other.length, other.recovery) == (70, 20, None)
    assert np.isclose(other.before, 0.7)  # both classes that had come
    assert np.isclose(other.depth, 0.3)


def test_no_fall_is_no_gap() -> None:
    found = curve([[0.5, NAN], [0.49, 0.2], [0.9, 0.4]], [0, 1, 1])
    assert gap_recovery(found) == 0
    assert gap_recovered(found) == 1
    assert np.isclose(gap_depth(found), 0.01)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=30), st.integers(1, 3))
def test_whatever_the_curve_the_numbers_are_within_bounds(values: list[float], cut: int) -> None:
    training = [0] * cut + [1] * (len(values) - cut)
    (gap,) = stability_gaps(curve([[value, NAN] for value in values], training))
    assert 0 <= gap.depth <= gap.before
    assert gap.recovery is None or 0 <= gap.recovery <= gap.length == len(values) - cut
    back = values[cut + (gap.recovery or 1) - 1]
    assert gap.recovery is None or back >= RECOVERED * gap.before
    higher = stability_gaps(curve([[value, NAN] for value in [*values[:cut], *[1.0] * len(values[cut:])]], training))
    assert higher[0].depth == 0
