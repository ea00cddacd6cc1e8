"""Alignment and uniformity by their definitions, and judges that tell classes apart where there are any."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.tracks.temperature.encoder import judge


def sphere(seed: int, count: int, size: int = 3) -> torch.Tensor:
    drawn = torch.randn(count, size, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(drawn, dim=1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(2, 40))
def test_alignment_and_uniformity_keep_to_their_bounds_and_do_not_see_rotations(seed: int, count: int) -> None:
    one, other = sphere(seed, count), sphere(seed + 1, count)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(seed)))[0]
    distances = judge.distances(one, other)
    assert distances.shape == (count,)
    assert ((distances >= 0) & (distances <= 4 + 1e-6)).all()
    assert judge.distances(one @ turn, other @ turn) == pytest.approx(distances, abs=1e-5)
    assert -8 - 1e-6 <= judge.uniformity(one) <= 0
    assert judge.uniformity(one @ turn) == pytest.approx(judge.uniformity(one), abs=1e-5)


def test_uniformity_by_hand_and_of_an_even_sphere() -> None:
    assert judge.uniformity(torch.tensor([[1.0, 0]]).repeat(5, 1)) == 0
    assert judge.uniformity(torch.tensor([[1.0, 0], [-1, 0]])) == pytest.approx(-8)
    even = (1 - np.exp(-8)) / 8  # the mean of exp(-2 |x - y|^2) = exp(-4 (1 - t)) over t even in (-1, 1)
    assert judge.uniformity(sphere(0, 1000)) == pytest.approx(np.log(even), abs=0.03)


def test_judges_find_classes_where_there_are_some_and_chance_where_not() -> None:
    labels = np.arange(400) % 2
    points = sphere(0, 400)
    apart = torch.nn.functional.normalize(points + 2 * torch.tensor(labels)[:, None] * torch.tensor([1.0, 0, 0]), dim=1)
    for judged in (judge.probed, judge.of_neighbours):
        assert (judged(apart[:200], labels[:200], apart[200:]) == labels[200:]).mean() > 0.75
        assert (judged(points[:200], labels[:200], points[200:]) == labels[200:]).mean() < 0.65


def test_few_labels_are_few_of_each() -> None:
    labels = np.array([2, 0, 0, 1, 2, 0, 1, 0])
    assert judge.few(labels, 2).tolist() == [1, 2, 3, 6, 0, 4]
