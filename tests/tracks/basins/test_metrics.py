"""Metrics: against scikit-learn, and what must hold for every labelling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from suite.tracks.basins.metrics import adjusted_rand_index, count_error, is_exact, risk_error

labels = st.integers(1, 20).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 5), min_size=n, max_size=n) for _ in range(2)])
)


@given(labels)
def test_ari_is_scikit_learns(pair: tuple[list[int], list[int]]) -> None:
    assert adjusted_rand_index(*pair) == pytest.approx(adjusted_rand_score(*pair), abs=1e-12)


@given(labels, st.permutations(range(6)))
def test_names_and_order_of_labels_mean_nothing(pair: tuple[list[int], list[int]], names: list[int]) -> None:
    true, found = pair
    renamed = [names[each] for each in found]
    order = np.random.default_rng(0).permutation(len(true))
    for metric in (adjusted_rand_index, count_error, is_exact):
        assert metric(true, renamed) == metric(true, found) == metric(found, true)
        assert metric(np.array(true)[order], np.array(found)[order]) == metric(true, found)


@given(labels)
def test_exact_is_an_ari_of_one(pair: tuple[list[int], list[int]]) -> None:
    assert is_exact(*pair) == (adjusted_rand_index(*pair) == 1.0)
    assert not is_exact(*pair) or count_error(*pair) == 0
    assert is_exact(pair[0], pair[0])


def test_values_by_hand() -> None:
    assert adjusted_rand_index([0, 0, 1, 1], [0, 0, 1, 2]) == pytest.approx(4 / 7)
    assert count_error([0, 0, 1, 1], [0, 1, 2, 3]) == 2
    assert risk_error([[0.5, 0.1], [0.1, 0.5]], [[0.5, 0.3], [0.3, 0.0]]) == pytest.approx(0.2)
    assert risk_error([[0.5]], [[0.1]]) == 0


def test_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="the labellings must have the same items"):
        adjusted_rand_index([0, 1], [0])
    with pytest.raises(ValueError, match=r"two matrices \[K, K\]"):
        risk_error(np.zeros((2, 2)), np.zeros((2, 3)))
