"""Coverage of classes and of neighbourhoods: by hand, and what holds of any shares."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from suite.tracks.replay.generation.coverage import class_coverage, covered, expected_shares, observed_shares

SHARES = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda values: np.array(values) / sum(values))


def test_each_task_is_expected_to_have_an_equal_part() -> None:
    tasks = [np.array([0, 0, 0, 1]), np.array([2] * 50)]
    assert expected_shares(tasks, 4).tolist() == [0.375, 0.125, 0.5, 0]
    assert observed_shares(np.array([0, -1, 2, 2]), 4).tolist() == [0.25, 0, 0.5, 0]
    assert observed_shares(np.array([], dtype=int), 2).tolist() == [0, 0]


def test_more_of_one_class_makes_up_for_no_other() -> None:
    expected = np.array([0.25, 0.25, 0.5])
    assert class_coverage(expected, expected) == 1
    assert class_coverage(np.array([1.0, 0, 0]), expected) == 0.25
    assert class_coverage(np.array([0.0, 0.125, 0]), expected[:2].repeat([1, 2])[:3]) == pytest.approx(1 / 6)


@given(SHARES, SHARES)
def test_coverage_is_one_less_the_total_variation(observed: np.ndarray, expected: np.ndarray) -> None:
    coverage = class_coverage(observed, expected)
    assert coverage == pytest.approx(1 - np.abs(observed - expected).sum() / 2)
    assert 0 <= coverage <= 1 + 1e-12
    assert class_coverage(0.5 * observed, expected) <= coverage


def test_neighbourhoods_by_hand() -> None:
    real = torch.tensor([[0.0], [1.0], [2.0], [10.0]])
    assert covered(real, torch.tensor([[0.6]]), neighbours=1).tolist() == [True, True, False, False]
    assert covered(real, torch.tensor([[2.9]]), neighbours=2).tolist() == [False, False, True, True]
    assert covered(real, real, neighbours=1).all()
    assert not covered(real, torch.full((3, 1), 99.0)).any()
