"""The field of methods: differences, their variances, and what they do not depend on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from suite.stats.field import paired_field, variances_of_differences
from suite.stats.pairs import pair, pairs

values = st.tuples(st.integers(1, 7), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-100, 100, width=32))
)


@given(values.filter(lambda array: array.shape[1] > 1))
def test_variances_are_numpys(array: np.ndarray) -> None:
    found = variances_of_differences(array)
    for i in range(len(array)):
        for j in range(len(array)):
            assert found[i, j] == pytest.approx(np.var(array[i] - array[j], ddof=1), rel=1e-6, abs=1e-12)


def test_close_rows_lose_no_digits() -> None:
    rng = np.random.default_rng(0)
    first = 1e3 * rng.normal(size=50)
    second = first + 1e-6 * rng.normal(size=50)
    expected = np.var(first - second, ddof=1)
    assert variances_of_differences(np.stack([first, second]))[0, 1] == pytest.approx(expected, rel=1e-3)


@given(values, st.floats(0.1, 10), st.floats(-10, 10))
def test_units_and_origin_do_not_matter(array: np.ndarray, scale: float, shift: float) -> None:
    one, other = paired_field(array), paired_field(scale * array + shift)
    known = np.isfinite(one.variances)
    assert (np.isfinite(other.variances) == known).all()
    assert np.sqrt(other.variances[known]) == pytest.approx(scale * np.sqrt(one.variances[known]), rel=1e-4, abs=1e-4)


def test_two_methods_are_compared_by_students_t() -> None:
    from scipy import stats

    a, b = np.array([0.9, 0.8, 0.85, 0.95]), np.array([0.7, 0.75, 0.8, 0.75])
    found, expected = pair(paired_field(np.stack([a, b])), 0, 1), stats.ttest_rel(a, b)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-6)
    low, high = expected.confidence_interval()
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_constant_difference_is_a_difference() -> None:
    found = pair(paired_field(np.array([[1.0, 1.0, 1.0], [0.75, 0.75, 0.75]])), 0, 1)
    assert (found.mean, found.low, found.high, found.p) == (0.25, 0.25, 0.25, 0.0)


def test_one_seed_without_samples_tells_nothing() -> None:
    found = pair(paired_field(np.array([[0.9], [0.1]])), 0, 1)
    assert found.mean == pytest.approx(0.8)
    assert all(math.isnan(number) for number in (found.low, found.high, found.p))


def test_one_seed_with_samples_is_compared_by_them() -> None:
    field = paired_field(np.array([[0.9], [0.1]]), np.array([[0.0, 0.01], [0.01, 0.0]]))
    found = pair(field, 0, 1)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.1, rel=1e-3)
    assert found.p < 1e-10
    assert math.isinf(field.freedom)


def test_samples_are_used_where_they_predict_the_spread() -> None:
    rng = np.random.default_rng(3)
    noise = np.array([0.1, 0.1, 0.2, 0.2, 1.0, 1.0, 3.0, 3.0])
    array = rng.normal(size=4) + noise[:, None] * rng.normal(size=(8, 4))
    predicted = noise[:, None] ** 2 + noise[None, :] ** 2
    np.fill_diagonal(predicted, 0.0)
    with_samples, without = paired_field(array, predicted), paired_field(array)
    assert with_samples.basis == "4 seeds and their samples"
    assert without.basis == "4 seeds"
    assert with_samples.freedom > 2 * without.freedom
    true = predicted / 4
    off = true > 0
    error = [np.abs(np.log(field.variances[off] / true[off])).mean() for field in (with_samples, without)]
    assert error[0] < error[1]


def test_samples_that_predict_nothing_are_left_out() -> None:
    rng = np.random.default_rng(4)
    array = rng.normal(size=(8, 5))
    noise = np.exp(2 * rng.normal(size=8))
    predicted = noise[:, None] + noise[None, :]
    np.fill_diagonal(predicted, 0.0)
    assert paired_field(array, predicted).basis == "5 seeds"


def test_a_pair_whose_samples_predict_no_spread_keeps_that_of_its_seeds() -> None:
    rng = np.random.default_rng(3)
    noise = np.array([0.1, 0.1, 0.2, 0.2, 1.0, 1.0, 3.0, 3.0])
    array = rng.normal(size=4) + noise[:, None] * rng.normal(size=(8, 4))
    predicted = noise[:, None] ** 2 + noise[None, :] ** 2
    np.fill_diagonal(predicted, 0.0)
    predicted[0, 1] = predicted[1, 0] = 0.0
    field = paired_field(array, predicted)
    assert field.basis == "4 seeds and their samples"
    assert field.variances[0, 1] >= np.var(array[0] - array[1], ddof=1) / 4 * (1 - 1e-9)


def test_only_the_rows_that_count_tell_the_prior() -> None:
    rng = np.random.default_rng(5)
    array = np.concatenate([rng.normal(size=(6, 4)), 1e3 * rng.normal(size=(1, 4))])
    assert paired_field(array, fit=range(6)).variances[0, 1] == pytest.approx(paired_field(array[:6]).variances[0, 1])


@pytest.mark.parametrize("array", [np.zeros((0, 3)), np.zeros((2, 0)), np.array([[np.nan, 1.0]]), np.zeros(3)])
def test_what_is_no_table_of_values_is_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected finite values"):
        paired_field(array)


def test_pairs_are_corrected_for_how_many_are_asked() -> None:
    field = paired_field(np.random.default_rng(6).normal(size=(5, 5)))
    alone = pair(field, 0, 1)
    first = pairs(field, [(0, 1), (0, 2), (3, 4)])[0]
    assert first.high - first.low > alone.high - alone.low
    assert first.p >= alone.p
    assert pairs(field, []) == []


@given(values.filter(lambda array: array.shape[0] > 2 and array.shape[1] > 1), st.integers(1, 3))
def test_p_and_interval_agree(array: np.ndarray, count: int) -> None:
    for found in pairs(paired_field(array), [(0, 1), (0, 2), (1, 2)][:count]):
        outside = found.low > 0 or found.high < 0
        assert (found.p < 0.05) == outside or found.p == pytest.approx(0.05, abs=1e-6)
