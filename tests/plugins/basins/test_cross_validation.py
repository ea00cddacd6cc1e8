"""Folds and directions: what is held out stays out, and the directions are those that they are said to be."""

from __future__ import annotations

import pytest
import torch

from suite.plugins.basins._cross_validation import Selection, directed_folds, raw_folds
from suite.plugins.basins._directions import Directions, aligned, between


def states(trajectories: int = 7) -> torch.Tensor:
    return torch.randn(4, trajectories, 10, 6, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_each_trajectory_is_held_out_once(count: int) -> None:
    seen = states()
    for folds in (raw_folds(seen, count), directed_folds(seen, count, Selection())):
        assert sorted(each for fold in folds for each in fold.held) == list(range(7))
        assert len({fold.training.shape for fold in folds}) == 1
    for fold in raw_folds(seen, count):
        assert torch.equal(fold.held_out, seen[:, fold.held])
        held = {tuple(each.flatten().tolist()) for each in fold.held_out[0]}
        assert not held & {tuple(each.flatten().tolist()) for each in fold.training[0]}


def test_means_that_differ_by_noise_alone_do_not_separate_training_states() -> None:
    """A classifier must not see more in its training states than in those held out: nothing, here."""
    seen = torch.randn(8, 8, 10, 300, generator=torch.Generator().manual_seed(0))
    selection = Selection(variance=2, memory=0, means=3, products=1)
    for fold in directed_folds(seen, 4, selection):
        for part in (fold.training, fold.held_out):
            seen_by_means = part[..., 2:]  # after those of variance
            means, spread = seen_by_means.mean(dim=(1, 2)), seen_by_means.flatten(0, 2).std(dim=0)
            frames = part.shape[1] * part.shape[2]
            assert float((means / spread).square().mean()) * frames < 3


def test_directions_of_memory_variance_and_means() -> None:
    generator = torch.Generator().manual_seed(0)
    seen = torch.randn(5, 40, 20, 6, generator=generator)
    seen[..., 0] *= 5  # varies most
    seen[..., 1] = seen[:, :, :1, 1] + 0.3 * seen[..., 1]  # remembers
    seen[..., 2] += torch.linspace(-1, 1, 5)[:, None, None]  # differs in its means
    found = Directions(seen, variance=1, memory=1, lags=(1,))
    varied, remembered = found.unlabelled[..., 0], found.unlabelled[..., 1]
    assert abs(float(torch.corrcoef(torch.stack([varied.flatten(), seen[..., 0].flatten()]))[0, 1])) > 0.99
    assert abs(float(torch.corrcoef(torch.stack([remembered.flatten(), seen[..., 1].flatten()]))[0, 1])) > 0.99
    differing = found.along(range(40), between(found.moments(range(40))[0], 1))[..., 0]
    assert abs(float(torch.corrcoef(torch.stack([differing.flatten(), seen[..., 2].flatten()]))[0, 1])) > 0.98


def test_products_find_what_random_signs_hide_from_means() -> None:
    """Two coordinates that agree in sign in one half of the representatives and disagree in the other."""
    generator = torch.Generator().manual_seed(0)
    seen = torch.randn(6, 20, 20, 30, generator=generator)
    signs = torch.randn(6, 20, 20, generator=generator).sign()
    seen[..., 3] = 4 * signs
    agree = torch.tensor([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    seen[..., 7] = 0.3 * signs * agree[:, None, None]  # varies less than the noise
    found = Directions(seen, variance=1, memory=0, lags=())
    mean, product = found.moments(range(20))
    for moment, expected in ((mean, 0.2), (product, 0.98)):
        along = found.along(range(20), between(moment, 1))[..., 0].flatten()
        correlation = abs(float(torch.corrcoef(torch.stack([along, seen[..., 7].flatten()]))[0, 1]))
        assert correlation > expected if expected > 0.5 else correlation < expected


def test_aligned_undoes_rotations() -> None:
    reference = torch.linalg.qr(torch.randn(9, 3, generator=torch.Generator().manual_seed(0)))[0]
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1)))[0]
    assert torch.allclose(aligned(reference @ turn, reference), reference, atol=1e-5)
