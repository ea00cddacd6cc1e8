"""Mixtures of Gaussians with known support, in the settings of Aithal et al. 2024."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

OUTSIDE = 6.0
"""A sample is out of support if it is farther than this many standard deviations from every mode."""


@dataclass(frozen=True)
class Mixture:
    """Modes of equal weight.

    Attributes:
        modes: their places [M][D].
        deviation: of each mode, in every coordinate.
        points: how many are trained on, the same number for each mode.
    """

    modes: tuple[tuple[float, ...], ...]
    deviation: float
    points: int

    @property
    def identity(self) -> dict[str, Any]:
        """The mixture as plain data, for hashing."""
        return asdict(self)

    @property
    def size(self) -> int:
        """The number of coordinates D."""
        return len(self.modes[0])

    @cached_property
    def places(self) -> Tensor:
        """The modes [M, D]."""
        return torch.tensor(self.modes)

    def drawn(self, seed: int) -> Tensor:
        """Return the training points of a seed [points, D], mode by mode."""
        each = self.places.repeat_interleave(self.points // len(self.modes), dim=0)
        return each + self.deviation * torch.randn(each.shape, generator=torch.Generator().manual_seed(seed))

    def nearest(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Return the nearest mode of points [N, D], and the distance from it in standard deviations [N]."""
        distances, modes = torch.cdist(points, self.places, compute_mode="donot_use_mm_for_euclid_dist").min(dim=1)
        return modes, distances / self.deviation

    def outside(self, points: Tensor) -> Tensor:
        """Return which points [N, D] are out of support [N]."""
        return self.nearest(points)[1] > OUTSIDE
