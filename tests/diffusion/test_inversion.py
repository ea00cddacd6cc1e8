"""Inversion against an exact denoiser: of Gaussian data the latents are known, and DDIM leads back."""

from __future__ import annotations

import pytest
import torch

from suite.diffusion.inversion import inverted
from suite.diffusion.schedule import Schedule

SCHEDULE = Schedule(steps=1000)
SPREAD = 0.3


def exact(noised: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
    """The noise that is to be expected in Gaussian data of standard deviation `SPREAD`."""
    kept = SCHEDULE.kept[times].to(noised.dtype)[:, None]
    return noised * (1 - kept).sqrt() / (kept * SPREAD**2 + 1 - kept)


@pytest.fixture
def inputs() -> torch.Tensor:
    return SPREAD * torch.randn(200, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_latents_are_the_exact_ones_in_many_strides(inputs: torch.Tensor) -> None:
    """The probability flow of a Gaussian scales: the latent is the input over its standard deviation."""
    errors = [
        float((inverted(SCHEDULE, exact, inputs, strides) - inputs / SPREAD).norm() / (inputs / SPREAD).norm())
        for strides in (3, 30, 300)
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.02


def test_ddim_leads_back(inputs: torch.Tensor) -> None:
    latents = inverted(SCHEDULE, exact, inputs, 333)
    back = SCHEDULE.reconstructed(exact, latents, 999, 3)
    assert float((back - inputs).norm() / inputs.norm()) < 0.03


@pytest.mark.parametrize("strides", [0, 1000])
def test_strides_that_the_schedule_has_not_are_refused(strides: int, inputs: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=f"{strides} strides are not in a schedule of 1000 timesteps"):
        inverted(SCHEDULE, exact, inputs, strides)
