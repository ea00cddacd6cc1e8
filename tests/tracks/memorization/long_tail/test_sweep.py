"""What a sweep costs other groups, on rows made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.memorization.long_tail.sweep import TailSweep
from suite.tracks.memorization.sweep import Sweep

NAMES = ("memorized", "alignment", "cosine", "other_copies", "real_distance")
UNIT = st.floats(0, 1)
POINTS = st.lists(st.tuples(UNIT, UNIT, UNIT, UNIT), min_size=1, max_size=8)


def tail(memorized, aligned, rare, frequent, real=None) -> TailSweep:
    """Return the sweep of these means, plain guidance first and none last."""
    none = np.zeros(len(memorized))
    columns = (memorized, aligned, none, none, real or np.ones(len(memorized)))
    special = Sweep.of({name: np.array(column, dtype=float) for name, column in zip(NAMES, columns, strict=True)})
    return TailSweep(special, {"rare": np.array(rare), "frequent": np.array(frequent)})


def test_the_worst_group_gives_the_height() -> None:
    found = tail([0.8, 0.4, 0.0], [0.9, 0.9, 0.1], rare=[0.6, 0.45, 0.0], frequent=[0.9, 0.8, 0.1])
    assert found.value("frontier_score") == pytest.approx(0.5)
    assert found.kept("rare") == pytest.approx([1, 0.75, 0])
    assert found.kept("frequent") == pytest.approx([1, 0.875, 0])
    assert found.value("worst_group_score") == pytest.approx(0.25)  # the corner is at (0.5, 0.75)


def test_costs_are_read_where_a_fifth_is_memorized() -> None:
    found = tail([0.8, 0.4, 0.0], [0.9, 0.9, 0.1], rare=[0.6, 0.4, 0.0], frequent=[0.9, 0.8, 0.1])
    assert found.value("rare_cost_at_memorized_20") == pytest.approx(0.6 - 0.2)  # half way between the last two
    assert found.value("frequent_cost_at_memorized_20") == pytest.approx(0.9 - 0.45)
    exact = tail([0.8, 0.2, 0.0], [0.9, 0.9, 0.1], rare=[0.6, 0.7, 0.0], frequent=[0.9, 0.8, 0.1])
    assert exact.value("rare_cost_at_memorized_20") == pytest.approx(-0.1)
    assert exact.value("frequent_cost_at_memorized_20") == pytest.approx(0.1)
    assert exact.value("network_evaluations") is None


def test_a_point_outside_the_gate_counts_for_no_group() -> None:
    inside = tail([0.8, 0.2, 0.1, 0.0], [0.9, 0.8, 0.9, 0.1], [0.6, 0.5, 0.6, 0], [0.9, 0.8, 0.9, 0])
    outside = tail([0.8, 0.2, 0.1, 0.0], [0.9, 0.8, 0.9, 0.1], [0.6, 0.5, 0.6, 0], [0.9, 0.8, 0.9, 0], [1, 1, 1.2, 1])
    without = tail([0.8, 0.2, 0.0], [0.9, 0.8, 0.1], [0.6, 0.5, 0], [0.9, 0.8, 0])
    for metric in ("worst_group_score", "rare_cost_at_memorized_20", "frequent_cost_at_memorized_20"):
        assert outside.value(metric) == without.value(metric)
    assert inside.value("worst_group_score") > outside.value("worst_group_score")


@given(points=POINTS)
def test_sparing_ordinary_captions_gains_no_more_than_special_ones_allow(points: list[tuple[float, ...]]) -> None:
    """Who tells special captions from others, and leaves those alone, has the frontier score and no more."""
    memorized, aligned, rare, frequent = np.array(points).T
    anchors = [[0.8], memorized, [0.0]], [[0.9], aligned, [0.1]]
    special = [np.concatenate(each) for each in anchors]
    found = tail(*special, np.concatenate([[0.7], rare, [0.0]]), np.concatenate([[0.9], frequent, [0.1]]))
    left = np.ones(len(points))
    spared = tail(*special, np.concatenate([[0.7], 0.7 * left, [0.0]]), np.concatenate([[0.9], 0.9 * left, [0.1]]))
    frontier = found.value("frontier_score")
    assert found.value("worst_group_score") <= frontier + 1e-12
    assert spared.value("worst_group_score") == pytest.approx(frontier)


def test_doing_nothing_to_special_captions_scores_nothing() -> None:
    assert tail([0.8, 0.8, 0.0], [0.9, 0.9, 0.1], [0.6, 0.6, 0], [0.9, 0.9, 0]).value("worst_group_score") == 0
