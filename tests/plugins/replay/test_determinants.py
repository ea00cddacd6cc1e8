"""The greedy search for a large determinant, against all sets and a plain loop over determinants."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.plugins.replay._determinants import greedy, kernel
from suite.plugins.replay.dpp import DPP, diverse


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_it_is_the_plain_loop(seed: int, count: int) -> None:
    points = torch.randn(12, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    matrix = kernel(points, 0.3)
    plain: list[int] = []
    for _ in range(count):
        others = [place for place in range(12) if place not in plain]
        plain.append(max(others, key=lambda place: float(torch.det(matrix[[*plain, place]][:, [*plain, place]]))))
    ours = greedy(matrix, count).tolist()
    parts = [matrix[places][:, places].logdet() for places in (ours, plain)]
    assert torch.allclose(*parts, atol=1e-6)


def test_it_is_near_the_best_of_all_sets_and_far_above_chance() -> None:
    points = torch.randn(12, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    matrix = kernel(points, 1.0)
    every = torch.stack([matrix[list(four)][:, list(four)].logdet() for four in combinations(range(12), 4)])
    ours = greedy(matrix, 4)
    assert float(matrix[ours][:, ours].logdet()) > float(every.quantile(0.97))


def test_duplicates_end_the_search_and_come_last(context: Any, learner: Any, labelled: Any) -> None:
    learner.looks["features"] = lambda _: torch.tensor([[0.0], [0.0], [0.0], [3.0], [9.0]])
    chosen = DPP(beta=1.0).select(labelled([0] * 5), 4, context()).tolist()
    assert len({0, 1, 2} & set(chosen[:3])) == 1
    assert {3, 4} <= set(chosen[:3])
    assert len(greedy(kernel(torch.tensor([[0.0], [0.0], [3.0]]), 1.0), 3)) == 2


def test_features_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        diverse(torch.tensor([[0.0], [torch.nan]]), 1, 1.0, np.random.default_rng(0))
