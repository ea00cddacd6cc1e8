"""Steps against diffusers' own, and the timesteps of published settings."""

from __future__ import annotations

import pytest
import torch

from suite.diffusion.schedule import Schedule
from suite.diffusion.stable import SCHEDULE
from suite.diffusion.steps import DDIM, SCHEDULERS, SchedulerSteps
from suite.tracks.memorization.contract import steps_above

SHORT = Schedule(steps=200, first=1e-4, last=0.03)


def walked(steps, latents):
    """Follow a made-up prediction to the end."""
    generator = torch.Generator().manual_seed(3)
    for number in range(len(steps.times)):
        latents, clean = steps.taken(latents, steps.scaled(latents, number).sin(), number, generator)
    return latents, clean


@pytest.fixture
def noise() -> torch.Tensor:
    return torch.randn(3, 1, 4, 4, generator=torch.Generator().manual_seed(0))


def test_ddim_goes_the_way_of_the_schedule(noise: torch.Tensor) -> None:
    ours, clean = walked(DDIM(SHORT, 8), noise)
    assert torch.allclose(ours, SHORT.reconstructed(lambda noised, _: noised.sin(), noise, 199, 8), atol=1e-5)
    assert torch.allclose(ours, clean)  # the last visit goes to the sample without noise


def test_ddim_goes_the_way_of_diffusers(noise: torch.Tensor) -> None:
    diffusers = pytest.importorskip("diffusers")
    betas = 1 - torch.cat([SHORT.kept[:1], SHORT.kept[1:] / SHORT.kept[:-1]])
    options = {"trained_betas": betas.numpy(), "clip_sample": False, "timestep_spacing": "trailing"}
    scheduler = diffusers.DDIMScheduler(num_train_timesteps=200, **options)
    scheduler.set_timesteps(25)
    latents = noise
    for time in scheduler.timesteps:
        latents = scheduler.step(latents.sin(), time, latents).prev_sample
    ours = DDIM(SHORT, 8)
    assert list(ours.times) == scheduler.timesteps.tolist()
    assert torch.allclose(walked(ours, noise)[0], latents, atol=1e-4)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_scheduler_can_be_walked_twice(name, noise: torch.Tensor) -> None:
    pytest.importorskip("diffusers")
    steps = SchedulerSteps(SHORT, name, 10)
    first, clean = walked(steps, noise)
    assert len(steps.times) == 10
    assert first.isfinite().all()
    assert clean.shape == noise.shape
    assert torch.equal(walked(steps, noise)[0], first)


def test_euler_is_shown_noise_of_variance_1(noise: torch.Tensor) -> None:
    pytest.importorskip("diffusers")
    steps = SchedulerSteps(SCHEDULE, "euler", 50)
    assert steps.times[:5] == pytest.approx((999, 978.6122, 958.2245, 937.8367, 917.4490), abs=1e-3)
    shown = steps.scaled(noise, 0)
    assert torch.allclose(shown, noise, rtol=0.01)
    assert not torch.equal(shown, noise)


@pytest.mark.parametrize(("border", "off"), [(900, 5), (880, 6), (860, 7), (840, 8), (780, 11), (720, 14), (999, 0)])
def test_the_steps_before_the_transition_with_fifty_of_ddim(border: float, off: int) -> None:
    assert steps_above([981 - 20 * k for k in range(50)], border) == off


@pytest.mark.parametrize(("border", "off"), [(917.4490, 4), (999, 0)])
def test_the_steps_before_the_transition_with_fifty_of_euler(border: float, off: int) -> None:
    assert steps_above([999 - 999 / 49 * k for k in range(50)], border) == off
