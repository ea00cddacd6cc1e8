"""What stands out from noise: eigenvalues, differences of means and products, held-out moments; and noise does not."""

from __future__ import annotations

import pytest
import torch

from suite.plugins.basins import _moments
from suite.plugins.basins._differences import Differences
from suite.plugins.basins._screening import ScreenedStates, agreement_of_halves, outlying
from suite.plugins.basins._tucker import agreement, moment_directions

from .test_moments import states


def noise(dimension: int = 60) -> torch.Tensor:
    return torch.randn(8, 12, 20, dimension, generator=torch.Generator().manual_seed(3))


def test_of_noise_no_eigenvalue_stands_out() -> None:
    assert ScreenedStates(noise(), 4, 3, (1, 4), times=1.7).kept == [0, 0, 0]


def test_what_varies_or_remembers_unlike_the_noise_stands_out() -> None:
    slow = noise()
    for frame in range(1, 20):  # all remember
        slow[:, :, frame] = 0.8 * slow[:, :, frame - 1] + 0.6 * slow[:, :, frame]
    slow[..., 7] = 3 * slow[..., 7]
    slow[..., 11] = noise()[..., 11]  # but this
    found = ScreenedStates(slow, 4, 3, (1,), times=1.7)
    assert found.kept == [1, 1]
    both = found.along(range(12), []).flatten(0, 2)
    for column, number in enumerate((7, 11)):
        assert abs(torch.corrcoef(torch.stack([both[:, column], slow[..., number].flatten()]))[0, 1]) > 0.8


def test_what_lies_out_is_measured_on_its_own_side() -> None:
    values = torch.cat([torch.linspace(-1, 0, 51), torch.linspace(0, 4, 51)[1:], torch.tensor([-3.0])])
    out = outlying(values)
    assert out[-1] < -3.5
    assert out[:-1].abs().max() < 1.7


def test_halves_agree_where_means_differ_and_not_in_noise() -> None:
    seen = noise()
    seen[..., 0] += torch.arange(8.0)[:, None, None] / 8
    agreed = agreement_of_halves(seen)
    assert agreed[0] > 0.9
    assert agreed[1:].abs().mean() < 0.5
    assert agreement_of_halves(seen[:, :1]).tolist() == [0] * 60


@pytest.mark.parametrize("carrier", [0, 1])
def test_differences_are_kept_if_shuffled_trajectories_have_none(carrier: int) -> None:
    seen = noise()
    sign = torch.tensor([1.0, -1.0]).repeat(4)[:, None, None]
    seen[..., 5] += (0.5 if carrier == 0 else 0.5 * seen[..., 0]) * sign
    carriers = torch.stack([torch.ones_like(seen[..., 0]), seen[..., 0]], dim=-1)
    differences = Differences(seen, carriers, [1, 1])
    differences.screen(1.05, 3, torch.Generator().manual_seed(0))
    assert differences.kept[carrier] == 1
    assert differences.directions(range(12))[5, : differences.kept[0] + 1].square().max() > 0.7


def test_of_noise_few_differences_are_kept_and_no_directions_are_none() -> None:
    differences = Differences(noise(), torch.ones_like(noise()[..., :1]), [3])
    differences.screen(1.3, 3, torch.Generator().manual_seed(0))
    assert differences.kept == [0]
    assert differences.directions(range(12)).shape == (60, 0)


@pytest.mark.parametrize("order", [2, 3])
def test_products_alone_find_what_squares_find(order: int) -> None:
    """The same directions as those of `_moments`, which decomposes a square of all dimensions in every round."""
    found = moment_directions(states(order), order, order)
    other, _ = _moments.moment_directions(states(order), order, order)
    assert torch.allclose(found.T @ found, torch.eye(order), atol=1e-5)
    assert (found.T @ other).square().sum() > 0.98 * order
    assert found[:order].square().sum() > 0.9 * order


@pytest.mark.parametrize("order", [2, 3])
def test_held_out_moments_agree_where_they_differ_and_not_in_noise(order: int) -> None:
    def mean_agreement(draws: list[torch.Tensor]) -> float:
        agreed = []
        for seen in draws:
            directions = moment_directions(seen[:, :6], order, 3)
            agreed.append(agreement(seen[:, :6] @ directions, seen[:, 6:] @ directions, order))
        return sum(agreed) / len(agreed)

    assert mean_agreement([states(order)]) > 0.5
    white = torch.randn(8, 8, 12, 20, 20, generator=torch.Generator().manual_seed(3))
    assert abs(mean_agreement(list(white))) < 0.15
    assert agreement(white[0], white[0], order) == pytest.approx(1, abs=1e-4)
