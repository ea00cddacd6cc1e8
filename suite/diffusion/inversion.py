"""Inversion: from an input to the noise that DDIM would make it of."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from suite.diffusion.schedule import Schedule
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    from suite.diffusion.schedule import Denoiser


def inverted(schedule: Schedule, denoiser: Denoiser, inputs: Tensor, strides: int) -> Tensor:
    """Return the latents [B, ...] at the last timestep that DDIM with eta = 0 leads back to inputs [B, ...] from.

    It goes from timestep 0 to the last in equal ``strides``, and takes the noise at the beginning of each for that on
    the whole of it, as all inversions of DDIM do (Song, Meng and Ermon 2021); the more strides, the more exact.

    Raises:
        ValueError: there are fewer timesteps than strides, or less than one stride.
    """
    if not 1 <= strides < schedule.steps:
        raise ValueError(f"{strides} strides are not in a schedule of {schedule.steps} timesteps")
    times = [round(number * (schedule.steps - 1) / strides) for number in range(strides + 1)]
    latents = inputs
    for now, after in pairwise(times):
        kept, left = float(schedule.kept[now]), float(schedule.kept[after])
        noise = denoiser(latents, torch.full((len(latents),), now, device=latents.device))
        clean = (latents - (1 - kept) ** 0.5 * noise) / kept**0.5
        latents = left**0.5 * clean + (1 - left) ** 0.5 * noise
    return latents
