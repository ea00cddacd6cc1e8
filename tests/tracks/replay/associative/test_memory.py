"""Memories and their changes: inner products, norms, rotations that rotate."""

from __future__ import annotations

import pytest
import torch

from suite.tracks.replay.associative.memory import INNER, Memory, rotations


def test_inner_products_are_as_said() -> None:
    memory = Memory("m", clusters=(4, 2), isolated=2, capacity=1, dimension=12)
    products = memory.patterns() @ memory.patterns().T
    groups = memory.groups
    assert groups == ["cluster-4"] * 4 + ["cluster-2"] * 2 + ["isolated"] * 2
    for i, one in enumerate(groups):
        for j, other in enumerate(groups):
            together = one == other != "isolated"
            assert products[i, j].item() == pytest.approx(1 if i == j else INNER if together else 0)


def test_a_memory_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit into 6 dimensions"):
        Memory("m", clusters=(4,), isolated=2, capacity=1, dimension=6)


def test_rotations_keep_lengths_and_are_small() -> None:
    turned = rotations(20, 10, 0.05, torch.Generator().manual_seed(0))
    identity = torch.eye(10, dtype=torch.float64)
    assert torch.allclose(turned @ turned.transpose(1, 2), identity.expand(20, 10, 10), atol=1e-12)
    assert torch.allclose(torch.linalg.det(turned), torch.ones(20, dtype=torch.float64))
    assert 0 < (turned - identity).abs().max() < 0.3
    assert torch.equal(rotations(2, 10, 0.0, torch.Generator()), identity.expand(2, 10, 10))
