"""The judge, on real digits: right, and not fooled by what is no digit."""

from __future__ import annotations

import pytest
import torch
from sklearn.datasets import load_digits

from suite.tracks.replay.generation.judge import Judge


@pytest.fixture(scope="module")
def digits() -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = load_digits(return_X_y=True)
    return torch.from_numpy(images[:700]).float().reshape(-1, 1, 8, 8) / 8 - 1, torch.from_numpy(labels[:700])


@pytest.fixture(scope="module")
def judge(digits: tuple[torch.Tensor, torch.Tensor]) -> Judge:
    return Judge(*digits)


def test_it_knows_digits_that_it_has_and_has_not_seen(judge: Judge, digits: tuple[torch.Tensor, torch.Tensor]) -> None:
    images, labels = digits
    assert judge.accuracy > 0.95
    assert (judge.classes(images) == labels).float().mean() > 0.99
    slight = images + 0.05 * torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    assert (judge.classes(slight) == labels).float().mean() > 0.97


def test_what_is_no_digit_is_of_no_class(judge: Judge, digits: tuple[torch.Tensor, torch.Tensor]) -> None:
    noise = torch.randn(50, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    broken = torch.full((2, 1, 8, 8), torch.nan)
    assert (judge.classes(torch.cat([noise, -digits[0][:50], broken])) == -1).all()
