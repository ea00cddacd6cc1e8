"""Schedules against diffusers' DDPM and DDIM schedulers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from suite.diffusion.schedule import Schedule

PIXELS = Schedule()
LATENTS = Schedule(first=0.00085, last=0.012, curve="scaled_linear")
SCHEDULES = pytest.mark.parametrize("schedule", [PIXELS, LATENTS], ids=lambda schedule: schedule.curve)


def of_diffusers(schedule: Schedule) -> dict[str, Any]:
    return {
        "num_train_timesteps": schedule.steps,
        "beta_start": schedule.first,
        "beta_end": schedule.last,
        "beta_schedule": schedule.curve,
        "clip_sample": False,
    }


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@SCHEDULES
def test_noise_is_that_of_diffusers(schedule: Schedule) -> None:
    from diffusers import DDPMScheduler

    theirs = DDPMScheduler(**of_diffusers(schedule))
    torch.testing.assert_close(schedule.kept.float(), theirs.alphas_cumprod, rtol=1e-4, atol=1e-6)
    clean, noise, times = normal(5, 2, 3, 3), normal(5, 2, 3, 3, seed=1), torch.tensor([0, 1, 100, 500, 999])
    expected = theirs.add_noise(clean, noise, times)
    torch.testing.assert_close(schedule.noised(clean, times, noise), expected, rtol=1e-4, atol=1e-5)


@SCHEDULES
@pytest.mark.parametrize(("time", "stride"), [(100, 50), (500, 100), (300, 20)])
def test_the_way_back_is_that_of_diffusers(schedule: Schedule, time: int, stride: int) -> None:
    from diffusers import DDIMScheduler

    theirs = DDIMScheduler(**of_diffusers(schedule))
    theirs.set_timesteps(schedule.steps // stride)
    assert time in theirs.timesteps

    def denoiser(noised: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        return noised.tanh() * (1 + times[:, None] / 1000)

    noised = expected = normal(4, 6)
    for now in theirs.timesteps[theirs.timesteps <= time]:
        found = denoiser(expected, now.expand(4))
        expected = theirs.step(found, int(now), expected, eta=0.0).prev_sample
    torch.testing.assert_close(schedule.reconstructed(denoiser, noised, time, stride), expected, rtol=1e-3, atol=1e-4)


@settings(max_examples=25)
@given(time=st.integers(0, 999), stride=st.integers(1, 400), seed=st.integers(0, 100))
def test_a_denoiser_that_knows_the_input_finds_it_again(time: int, stride: int, seed: int) -> None:
    clean, noise = normal(3, 4, seed=seed).double(), normal(3, 4, seed=seed + 1).double()

    def knows(noised: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        kept = PIXELS.kept[times][:, None]
        return (noised - kept.sqrt() * clean) / (1 - kept).sqrt()

    noised = PIXELS.noised(clean, torch.full((3,), time), noise)
    torch.testing.assert_close(PIXELS.reconstructed(knows, noised, time, stride), clean)


@pytest.mark.parametrize(("time", "stride"), [(1000, 50), (-1, 50), (100, 0)])
def test_what_is_not_in_the_schedule_is_refused(time: int, stride: int) -> None:
    with pytest.raises(ValueError, match=f"timestep {time} by strides of {stride}"):
        PIXELS.reconstructed(lambda noised, times: noised, normal(1, 2), time, stride)
