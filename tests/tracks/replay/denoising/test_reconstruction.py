"""Reconstruction errors: the same noise each time, and no error for a denoiser that knows it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from suite.diffusion.schedule import Schedule
from suite.tracks.replay.denoising import reconstruction
from suite.tracks.replay.denoising.reconstruction import Reconstruction

HOW = Reconstruction(Schedule(), timesteps=(100, 500), stride=50, seed=3)


class Sees(nn.Module):
    """Knows that there is one clean input."""

    def __init__(self, clean: Tensor) -> None:
        super().__init__()
        self.clean = clean

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        kept = HOW.schedule.kept[times].float()[:, None]
        return (noised - kept.sqrt() * self.clean) / (1 - kept).sqrt()


class Says(nn.Module):
    """Finds no noise."""

    def forward(self, noised: Tensor, times: Tensor) -> Tensor:
        return torch.zeros_like(noised)


def test_a_denoiser_that_knows_the_input_makes_no_error() -> None:
    clean = torch.tensor([0.3, -0.8, 1.0])
    errors = HOW.errors(Sees(clean), clean.expand(5, 3), "cpu")
    assert errors.dtype == torch.float64
    torch.testing.assert_close(errors, torch.zeros(5).double(), atol=1e-6, rtol=0)


def test_the_error_of_a_denoiser_that_finds_no_noise_is_that_noise() -> None:
    """It divides by sqrt(abar) and leaves x + sqrt((1 - abar) / abar) eps."""
    errors = HOW.errors(Says(), torch.zeros(4000, 2), "cpu")
    kept = HOW.schedule.kept[[100, 500]]
    assert float(errors.mean()) == pytest.approx(float(((1 - kept) / kept).mean()), rel=0.05)
    assert errors.std() > 0


def test_noise_follows_from_the_seed_and_not_from_the_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    whole = HOW.errors(Says(), inputs, "cpu")
    assert not torch.equal(whole, replace(HOW, seed=4).errors(Says(), inputs, "cpu"))
    monkeypatch.setattr(reconstruction, "CHUNK", 6)
    torch.testing.assert_close(HOW.errors(Says(), inputs, "cpu"), whole)
