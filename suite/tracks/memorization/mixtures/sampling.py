"""Samples of a denoiser that is told no condition, with how they came about."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from suite.diffusion.guidance import Path
from suite.diffusion.schedule import Schedule
from suite.diffusion.steps import SchedulerSteps
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

FIRST, LAST, TIMESTEPS, BEGINNING = 0.001, 0.2, 1000, 300


@cache
def cut_schedule() -> Schedule:
    """Return the authors' betas, from 0.001 to 0.2 in 1000 timesteps, up to timestep 300.

    There 8e-5 of the data's variance is left, so that nothing of the data is seen above it; neither training nor
    sampling goes there.
    """
    return Schedule(steps=BEGINNING, first=FIRST, last=FIRST + (LAST - FIRST) * (BEGINNING - 1) / (TIMESTEPS - 1))


def sampled(network: nn.Module, noise: Tensor, schedule: Schedule, generator: Generator, last: int = 0) -> Path:
    """Return samples of DDPM from noise [N, D], through every timestep, with the larger of the two variances.

    Args:
        network: maps noised points [N, D] and timesteps [1] to noise.
        generator: of the noise that each step adds.
        last: of how many of the last steps the predicted clean samples are kept.
    """
    steps = SchedulerSteps(schedule, "ddpm", schedule.steps)
    points, clean = noise, []
    with torch.inference_mode():
        for number, time in enumerate(steps.times):
            points, predicted = steps.taken(points, network(points, torch.tensor([time])), number, generator)
            if number >= schedule.steps - last:
                clean.append(predicted)
    unguided = torch.full((schedule.steps, len(noise)), torch.nan)
    return Path(points.clone(), unguided, torch.stack(clean).clone() if clean else None)
