"""Summaries of accuracy: the matrix on which libraries differ, definitions by hand, and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.tracks.replay.stream.accuracy import (
    Curve,
    accuracy,
    anytime_accuracy,
    backward_transfer,
    forgetting,
    forward_transfer,
    learning_accuracy,
    min_accuracy,
    worst_case_accuracy,
)

# What mammoth, avalanche and continuum say of this matrix was measured by running them; zeros are what each fills in.
MEASURED = np.array([[0.90, 0, 0, 0], [0.80, 0.95, 0, 0], [0.94, 0.70, 0.90, 0], [0.97, 0.75, 0.60, 0.90]])
AVALANCHE_FORGETTING, MAMMOTH_FORGETTING, CONTINUUM_FORGETTING = 0.1433, 0.1667, 0.1567
MAMMOTH_BWT, CONTINUUM_BWT = -0.1433, -0.1233

fractions = st.floats(0, 1)
matrices = st.integers(2, 6).flatmap(lambda tasks: arrays(np.float64, (tasks, tasks), elements=fractions))


def test_forgetting_is_chaudhrys_as_continuum_has_it() -> None:
    assert forgetting(MEASURED) == pytest.approx(CONTINUUM_FORGETTING, abs=5e-5)


def test_backward_transfer_is_lopez_pazs_as_mammoth_has_it() -> None:
    assert backward_transfer(MEASURED) == pytest.approx(MAMMOTH_BWT, abs=5e-5)


def test_the_other_formulas_under_these_names_give_the_other_numbers() -> None:
    last, own = MEASURED[-1, :-1], np.diag(MEASURED)[:-1]
    assert (own - last).mean() == pytest.approx(AVALANCHE_FORGETTING, abs=5e-5)  # minus BWT
    assert (MEASURED[:, :-1].max(axis=0) - last).mean() == pytest.approx(MAMMOTH_FORGETTING, abs=5e-5)  # with row T
    below = [MEASURED[i, j] - MEASURED[j, j] for i in range(4) for j in range(i)]
    assert np.mean(below) == pytest.approx(CONTINUUM_BWT, abs=5e-5)  # over all rows


def test_summaries_by_hand() -> None:
    assert accuracy(MEASURED) == pytest.approx((0.97 + 0.75 + 0.60 + 0.90) / 4)
    assert learning_accuracy(MEASURED) == pytest.approx((0.90 + 0.95 + 0.90 + 0.90) / 4)
    ahead = MEASURED.copy()
    ahead[[0, 1, 2], [1, 2, 3]] = 0.3, 0.2, 0.4
    assert forward_transfer(ahead, np.array([0.9, 0.1, 0.2, 0.1])) == pytest.approx((0.2 + 0.0 + 0.3) / 3)


@given(matrices)
def test_matrices_are_left_as_they_are_and_bounds_hold(matrix: np.ndarray) -> None:
    before = matrix.copy()
    assert 0 <= accuracy(matrix) <= 1
    assert 0 <= learning_accuracy(matrix) <= 1
    assert -1 <= backward_transfer(matrix) <= 1
    assert -1 <= forward_transfer(matrix, matrix[0]) <= 1
    assert -1 <= forgetting(matrix) <= 1
    assert np.array_equal(matrix, before)


@given(matrices)
def test_forgetting_is_at_least_minus_backward_transfer(matrix: np.ndarray) -> None:
    assert forgetting(matrix) >= -backward_transfer(matrix) - 1e-12  # the best so far is no worse than the first


@given(st.floats(0, 1), st.integers(2, 5))
def test_a_network_that_never_changes_forgets_nothing(value: float, tasks: int) -> None:
    matrix = np.full((tasks, tasks), value)
    assert forgetting(matrix) == backward_transfer(matrix) == 0


def test_one_task_has_nothing_to_forget_or_to_transfer() -> None:
    one = np.array([[0.8]])
    assert (forgetting(one), backward_transfer(one), forward_transfer(one, np.array([0.1]))) == (0, 0, 0)


def curve() -> Curve:
    nan = np.nan
    return Curve(
        steps=np.array([1, 2, 3, 4, 5, 6]),
        training=np.array([0, 0, 1, 1, 2, 2]),
        values=np.array(
            [[0.5, nan, nan], [0.9, nan, nan], [0.2, 0.4, nan], [0.7, 0.8, nan], [0.6, 0.1, 0.5], [0.8, 0.6, 1.0]]
        ),
    )


def test_the_curve_by_hand() -> None:
    assert anytime_accuracy(curve()) == pytest.approx(np.mean([0.5, 0.9, 0.3, 0.75, 0.4, 0.8]))
    assert min_accuracy(curve()) == pytest.approx((0.2 + 0.1) / 2)  # 0.4 on task 2 came while it was learned
    assert worst_case_accuracy(curve()) == pytest.approx(1.0 / 3 + 2 / 3 * 0.15)


def test_a_point_stands_for_the_steps_since_the_one_before() -> None:
    sparse = Curve(np.array([1, 11]), np.array([0, 1]), np.array([[0.0, np.nan], [1.0, 1.0]]))
    assert anytime_accuracy(sparse) == pytest.approx(10 / 11)


@given(st.integers(2, 4), st.integers(1, 5), st.integers(0, 1000))
def test_the_worst_case_is_no_better_than_the_end(tasks: int, points: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    training = np.repeat(np.arange(tasks), points)
    values = np.where(np.arange(tasks) <= training[:, None], rng.random((tasks * points, tasks)), np.nan)
    drawn = Curve(np.arange(1, tasks * points + 1), training, values)
    assert 0 <= min_accuracy(drawn) <= values[-1, :-1].mean() + 1e-12
    assert worst_case_accuracy(drawn) <= values[-1].mean() + 1e-12
    assert 0 <= anytime_accuracy(drawn) <= 1


def test_min_accuracy_takes_two_tasks() -> None:
    with pytest.raises(ValueError, match="two tasks"):
        min_accuracy(Curve(np.array([1]), np.array([0]), np.array([[0.5]])))
