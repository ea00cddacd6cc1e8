"""Ranks of known matrices, and features that have collapsed, or in part, by construction."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.landscape import effective_rank, neural_collapse


def orthogonal(rows, columns, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(rows, columns, generator=generator, dtype=torch.float64))[0]


def simplex(classes, dimensions):
    """Class means of equal norm and equal angles, about 0 [C, D]."""
    centred = torch.eye(classes, dtype=torch.float64) - 1 / classes
    return centred @ orthogonal(dimensions, classes).T


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=5), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_a_rank_follows_from_singular_values_alone(singular, seed):
    values = torch.tensor(singular, dtype=torch.float64)
    size = len(singular)
    matrix = orthogonal(9, size, seed) @ torch.diag(values) @ orthogonal(7, size, seed + 1).T
    shares = [value / sum(singular) for value in singular]
    expected = math.exp(-sum(share * math.log(share) for share in shares))
    assert effective_rank(matrix) == pytest.approx(expected, rel=1e-9)
    assert effective_rank(5 * matrix.T) == pytest.approx(expected, rel=1e-9)
    assert 1 - 1e-9 <= effective_rank(matrix) <= size + 1e-9


def test_ranks_of_known_matrices():
    assert effective_rank(torch.eye(6)) == pytest.approx(6)
    assert effective_rank(torch.outer(torch.arange(1.0, 5), torch.ones(3))) == pytest.approx(1)
    assert effective_rank(torch.zeros(4, 3)) == 0


def test_features_that_are_their_class_means_have_collapsed():
    means = simplex(4, 6)
    labels = torch.arange(40) % 4
    found = neural_collapse(means[labels] + 3, labels, 2 * means, bias=-6 * means.sum(dim=1))
    for value in (found.within, found.norms, found.angles, found.duality, found.disagreement):
        assert value == pytest.approx(0, abs=1e-7)


def test_each_number_sees_its_own_part_of_the_collapse():
    means = simplex(4, 6)
    labels = torch.arange(4000) % 4
    noise = torch.randn(4000, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    # S_B is 1/4 of the projection on three directions, S_W is 0.01 on all: trace(S_W pinv(S_B)) / 4 = 0.04 * 3 / 4
    assert neural_collapse(means[labels] + 0.1 * noise, labels, means).within == pytest.approx(0.03, rel=0.05)
    longer = means * torch.tensor([[1.0], [1], [1], [3]])
    assert neural_collapse(longer[labels], labels, means).norms > 0.1
    assert neural_collapse(longer[labels], labels, means).angles > 0.01
    turned = neural_collapse(means[labels], labels, means.roll(1, dims=0))
    assert turned.disagreement == 1
    assert turned.duality == pytest.approx(math.sqrt(2 + 2 / 3))  # of unit matrices whose rows meet at cos -1/3


@pytest.mark.parametrize(
    ("labels", "weight", "cause"),
    [
        ([0, 0, 1], (3, 2), "two or more classes need samples"),
        ([0, 1, 2], (2, 2), "two or more classes need samples"),
        ([0, 0, 0], (1, 2), "two or more classes need samples"),
        ([0, 0, 1], (2, 5), "takes 5 features"),
    ],
)
def test_features_that_do_not_fit_the_head_are_refused(labels, weight, cause):
    with pytest.raises(ValueError, match=cause):
        neural_collapse(torch.randn(3, 2), torch.tensor(labels), torch.randn(weight))
