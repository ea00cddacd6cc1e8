"""What a landscape is: energies on a manifold, a step on it, and which states are in a global well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from suite.tracks.temperature.chain import Chain

Array = NDArray[np.floating]


class Landscape(ABC):
    """Energies of states, which are arrays [D, W]: D coordinates of W walkers.

    Attributes:
        numbers: how many normal numbers a step of a walker takes.
        barrier: H*, from the local minimum where walkers start to a global one.
        lowest: the energy of the global minima; ``tau``: the temperature inside the loss, where there is one.
    """

    numbers: int
    barrier: float
    lowest: float
    tau: float = 1.0

    @abstractmethod
    def starts(self, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return states in the local minimum [D, count]."""

    @abstractmethod
    def energy(self, states: Array) -> Array:
        """Return the energies [W] of states [D, W], in their precision."""

    @abstractmethod
    def stepped(self, states: Array, eta: float, noise: Array, tau: float) -> Array:
        """Return states [D, W] after a gradient step of length ``eta`` at ``tau`` and one along the tangent ``noise``.

        ``noise`` [numbers, W] is Gaussian and has its length; what of it is not tangent is projected away.
        """

    @abstractmethod
    def inside(self, states: Array) -> NDArray[np.bool_]:
        """Tell which states [D, W] are in a global well [W]."""

    def chain(self, modes: int = 64) -> Chain | None:
        """Return the exact chain of steps from the start, or None where there is none."""
        return None


def wrapped(angles: Array) -> Array:
    """Return angles in [-pi, pi), of the same precision."""
    turn = angles.dtype.type(2 * np.pi)
    return np.asarray(angles - turn * np.floor(angles / turn + angles.dtype.type(0.5)))
