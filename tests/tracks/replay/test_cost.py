"""Costs: entropy of the classes in a buffer, and that every cost has its value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay import Learner
from suite.tracks.replay.cost import COSTS, class_entropy, costs


@given(st.lists(st.integers(0, 9), max_size=50))
def test_entropy_is_within_its_bounds(labels: list[int]) -> None:
    found = class_entropy(np.array(labels, dtype=np.int64))
    assert 0 <= found <= np.log2(max(1, len(set(labels)))) + 1e-12


def test_entropy_by_hand() -> None:
    assert class_entropy(np.array([3, 3, 7, 7])) == pytest.approx(1)
    assert class_entropy(np.array([0, 1, 1, 1])) == pytest.approx(0.25 * 2 + 0.75 * np.log2(4 / 3))
    assert class_entropy(np.array([5, 5])) == class_entropy(np.array([], dtype=np.int64)) == 0


def test_every_cost_has_its_value() -> None:
    learner = Learner()
    learner.forward_passes, learner.backward_passes = 30, 4
    classes = [np.array([3, 3, 7, 7]), np.array([0, 1, 2, 3, 3, 2, 1, 0])]
    found = costs("all", classes, 720, 0.25, learner)
    assert [(column.metric, column.subset) for column in found] == [(metric.name, "all") for metric in COSTS]
    assert {column.metric: (value.value, value.n) for column, value in found.items()} == {
        "buffer_bytes": (720, 12),
        "class_entropy": (1.5, 12),
        "selector_seconds": (0.25, 12),
        "extra_forward_passes": (30, 12),
        "extra_backward_passes": (4, 12),
    }
    assert {value.n for value in costs("all", [np.array([])], 0, 0, Learner()).values()} == {1}
