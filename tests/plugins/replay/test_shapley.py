"""Shapley values of nearest neighbours, against all coalitions."""

from __future__ import annotations

from itertools import combinations
from math import comb

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from suite.plugins.replay.aser._shapley import knn_shapley


def value(members: tuple[int, ...], distances: Tensor, labels: Tensor, own: int, k: int) -> float:
    nearest = sorted(members, key=lambda place: (float(distances[place]), place))[:k]
    return sum(int(labels[place]) == own for place in nearest) / k


def brute(distances: Tensor, labels: Tensor, own: int, k: int) -> list[float]:
    """Return the Shapley values by their definition, over all coalitions."""
    count, found = len(labels), []
    for place in range(count):
        others = [each for each in range(count) if each != place]
        found.append(
            sum(
                (value((*members, place), distances, labels, own, k) - value(members, distances, labels, own, k))
                / (count * comb(count - 1, size))
                for size in range(count)
                for members in combinations(others, size)
            )
        )
    return found


@pytest.mark.parametrize("k", [1, 2, 3, 9])
@pytest.mark.parametrize("count", range(1, 8))
def test_it_is_the_value_over_all_coalitions(count: int, k: int) -> None:
    generator = torch.Generator().manual_seed(10 * count + k)
    distances = torch.randint(5, (4, count), generator=generator).double()  # with ties
    labels, judges = torch.randint(3, (count,), generator=generator), torch.randint(3, (4,), generator=generator)
    found = knn_shapley(distances, labels, judges, k)
    expected = [brute(row, labels, int(own), k) for row, own in zip(distances, judges, strict=True)]
    assert torch.allclose(found, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-14)


@given(st.lists(st.tuples(st.floats(0, 9), st.integers(0, 2)), min_size=1, max_size=40), st.integers(1, 50))
def test_values_sum_to_what_all_are_worth(candidates: list[tuple[float, int]], k: int) -> None:
    distances, labels = (torch.tensor(each) for each in zip(*candidates, strict=True))
    found = knn_shapley(distances[None], labels, torch.tensor([1]), k)
    assert float(found.sum()) == pytest.approx(value(tuple(range(len(labels))), distances, labels, 1, k), abs=1e-12)
