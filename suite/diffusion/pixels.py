"""Diffusion on pixels, from random weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from suite.contracts import Ingredient, Resources
from suite.data.split import Split
from suite.data.transform import Transform
from suite.diffusion.denoisers import DenoiserArchitecture
from suite.diffusion.schedule import Schedule
from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class PixelDiffusion:
    """Implements `Diffusion`: a denoiser of images as ``transform`` normalises them, to [-1, 1] in DDPM."""

    architecture: DenoiserArchitecture
    transform: Transform
    schedule: Schedule = field(default_factory=Schedule)

    @property
    def ingredients(self) -> tuple[Ingredient, ...]:
        """Nothing: weights are random."""
        return ()

    @property
    def identity(self) -> dict[str, Any]:
        """See `Diffusion`."""
        return {
            "architecture": self.architecture.identity,
            "transform": self.transform.identity,
            "schedule": self.schedule.identity,
        }

    def network(self, seed: int, resources: Resources) -> nn.Module:
        """See `Diffusion`."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self.architecture.build()

    def inputs(self, split: Split, resources: Resources) -> Tensor:
        """See `Diffusion`."""
        return self.transform.normalise(split.pixels(self.transform, resources))
