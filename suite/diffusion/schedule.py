"""Noise schedules: what is added to an input at each timestep, and the way back.

DDPM (Ho, Jain and Abbeel 2020) noises an input x at timestep t, counted from 0, to::

    x_t = sqrt(abar_t) x + sqrt(1 - abar_t) eps,    abar_t = prod_{s <= t} (1 - beta_s),    eps standard normal

DDIM (Song, Meng and Ermon 2021) with eta = 0 goes back without randomness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

    Denoiser = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Schedule:
    """The betas of every timestep.

    Attributes:
        steps: how many timesteps there are.
        first, last: the betas at both ends.
        curve: whether the betas rise in a straight line, as in DDPM, or their roots do, as in Stable Diffusion.
    """

    steps: int = 1000
    first: float = 1e-4
    last: float = 0.02
    curve: Literal["linear", "scaled_linear"] = "linear"

    @property
    def identity(self) -> dict[str, Any]:
        """The schedule as plain data, for hashing."""
        return asdict(self)

    @cached_property
    def kept(self) -> Tensor:
        """The share of the input's variance that is left at each timestep: abar [steps], float64."""
        power = 1 if self.curve == "linear" else 2
        betas = torch.linspace(self.first ** (1 / power), self.last ** (1 / power), self.steps, dtype=torch.float64)
        return (1 - betas**power).cumprod(dim=0)

    def noised(self, inputs: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        """Return inputs [B, ...] at timesteps [B], int64, with standard normal noise [B, ...]."""
        kept = self.kept.to(times.device)[times].to(inputs.dtype).to(inputs.device)
        kept = kept.reshape(-1, *[1] * (inputs.ndim - 1))
        return kept.sqrt() * inputs + (1 - kept).sqrt() * noise

    def reconstructed(self, denoiser: Denoiser, noised: Tensor, time: int, stride: int) -> Tensor:
        """Return where DDIM with eta = 0 leads from noised inputs [B, ...] at timestep ``time``.

        It visits ``time``, ``time - stride`` and so on down to the last that is not below 0, and from there goes to
        the input without noise. Nothing is clipped.

        Args:
            denoiser: maps noised inputs [B, ...] and timesteps [B] to the noise that it finds in them [B, ...].
            noised: the inputs with noise.
            time: the timestep to start from.
            stride: timesteps between two visits, at least 1.

        Raises:
            ValueError: the schedule has no such timestep, or the stride is below 1.
        """
        if not 0 <= time < self.steps or stride < 1:
            raise ValueError(f"timestep {time} by strides of {stride} is not in a schedule of {self.steps}")
        for now in range(time, -1, -stride):
            kept = float(self.kept[now])
            after = float(self.kept[now - stride]) if now >= stride else 1.0
            noise = denoiser(noised, torch.full((len(noised),), now, device=noised.device))
            clean = (noised - (1 - kept) ** 0.5 * noise) / kept**0.5
            noised = after**0.5 * clean + (1 - after) ** 0.5 * noise
        return noised
