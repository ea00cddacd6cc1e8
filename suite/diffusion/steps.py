"""Steps of samplers: how a latent gets from one timestep to the next, once the noise in it is predicted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from suite.diffusion.schedule import Schedule
from suite.extras import required_library
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Steps(Protocol):
    """A walk down the timesteps. An object serves one walk at a time."""

    @property
    def times(self) -> tuple[float, ...]:
        """The timesteps that are visited, the noisiest first."""

    def scaled(self, latents: Tensor, number: int) -> Tensor:
        """Return what the network is shown of latents [N, ...] at visit ``number``."""

    def taken(self, latents: Tensor, noise: Tensor, number: int, generator: Generator | None) -> tuple[Tensor, Tensor]:
        """Return the latents of the next visit [N, ...], and what is predicted of them without noise [N, ...].

        ``noise`` [N, ...] is what the network predicts; a sampler with randomness draws it from the ``generator``.
        """


@dataclass(frozen=True)
class DDIM:
    """DDIM with eta = 0 (Song, Meng and Ermon 2021): every ``stride``-th timestep from the last one on, no clipping."""

    schedule: Schedule
    stride: int

    @cached_property
    def times(self) -> tuple[float, ...]:
        """See `Steps`."""
        return tuple(range(self.schedule.steps - 1, -1, -self.stride))

    @cached_property
    def _kept(self) -> list[float]:
        return [*(float(self.schedule.kept[int(time)]) for time in self.times), 1.0]

    def scaled(self, latents: Tensor, number: int) -> Tensor:
        """Return the latents as they are."""
        return latents

    def taken(self, latents: Tensor, noise: Tensor, number: int, generator: Generator | None) -> tuple[Tensor, Tensor]:
        """See `Steps`."""
        kept, after = self._kept[number], self._kept[number + 1]
        clean = (latents - (1 - kept) ** 0.5 * noise) / kept**0.5
        return after**0.5 * clean + (1 - after) ** 0.5 * noise, clean


SchedulerName: TypeAlias = Literal["ddim", "ddim-stable", "ddpm", "dpm-solver", "euler"]
SCHEDULERS: dict[SchedulerName, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": True}),
    "ddim-stable": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}),
    "ddpm": ("DDPMScheduler", {"clip_sample": False, "variance_type": "fixed_large"}),
    "dpm-solver": ("DPMSolverMultistepScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}),
}
"""diffusers' schedulers by the name that we give them, with what is not as their defaults are.

``ddim-stable`` is as Stable Diffusion's weights come with it: 50 visits are timesteps 981, 961 and so on to 1.
"""


class SchedulerSteps:
    """The steps of one of diffusers' schedulers. Latents at the first visit are noise of variance 1.

    Args:
        schedule: of the noise.
        name: a key of `SCHEDULERS`.
        count: how many visits.

    Raises:
        SuiteError: diffusers is not installed.
    """

    def __init__(self, schedule: Schedule, name: SchedulerName, count: int) -> None:
        cls, options = SCHEDULERS[name]
        betas = 1 - torch.cat([schedule.kept[:1], schedule.kept[1:] / schedule.kept[:-1]])
        make = getattr(required_library("diffusers"), cls)
        self._make = partial(make, num_train_timesteps=schedule.steps, trained_betas=betas.numpy(), **options)
        self._count, self._scales = count, name == "euler"
        self._restart()

    def _restart(self) -> None:
        self._scheduler: Any = self._make()
        self._scheduler.set_timesteps(self._count)
        self._scheduler.is_scale_input_called = True  # we do that, from any visit on
        self._sigma = float(self._scheduler.init_noise_sigma)

    @property
    def times(self) -> tuple[float, ...]:
        """See `Steps`."""
        return tuple(float(time) for time in self._scheduler.timesteps)

    def scaled(self, latents: Tensor, number: int) -> Tensor:
        """See `Steps`."""
        if not self._scales:
            return latents
        shown: Tensor = self._entered(latents, number) / (float(self._scheduler.sigmas[number]) ** 2 + 1) ** 0.5
        return shown

    def taken(self, latents: Tensor, noise: Tensor, number: int, generator: Generator | None) -> tuple[Tensor, Tensor]:
        """See `Steps`; the first visit begins a new walk."""
        if number == 0:
            self._restart()
        latents, time = self._entered(latents, number), self._scheduler.timesteps[number]
        if hasattr(self._scheduler, "convert_model_output"):  # a solver, which does not tell what it predicts
            if number == 0:
                self._scheduler._init_step_index(time)
            clean = self._scheduler.convert_model_output(noise, sample=latents)
            return self._scheduler.step(noise, time, latents, generator=generator).prev_sample, clean
        step = self._scheduler.step(noise, time, latents, generator=generator)
        return step.prev_sample, step.pred_original_sample

    def _entered(self, latents: Tensor, number: int) -> Tensor:
        return latents * self._sigma if number == 0 and self._scales else latents
