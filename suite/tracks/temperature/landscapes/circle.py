"""Two wells on the circle. Source: section 5 of our notes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from suite.tracks.temperature.chain import Chain, circle_chain
from suite.tracks.temperature.landscapes.landscape import Array, Landscape, wrapped

SADDLE = float(np.arccos(0.125))


class Circle(Landscape):
    """U = -cos 2t + cos(t) / 2: a local minimum of -1/2 at 0, the global one of -3/2 at pi.

    U' = sin t (4 cos t - 1/2), so that the saddles are at cos t = 1/8 with U = 33/32, and H* = 33/32 + 1/2 = 49/32.
    """

    numbers = 1
    barrier = 49 / 32
    lowest = -1.5

    def starts(self, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return angles of 0 [1, count]."""
        return np.zeros((1, count), np.float32)

    @override
    def energy(self, states: Array) -> Array:
        cosine = np.cos(states[0])
        return np.asarray(1 - 2 * cosine * cosine + cosine / 2)

    def slope(self, angles: Array) -> Array:
        """Return dU of angles."""
        return np.asarray(np.sin(angles) * (4 * np.cos(angles) - np.asarray(0.5, angles.dtype)))

    @override
    def stepped(self, states: Array, eta: float, noise: Array, tau: float) -> Array:
        return states - states.dtype.type(eta) * self.slope(states) + noise

    def inside(self, states: Array) -> NDArray[np.bool_]:
        """Tell which angles are nearer to pi than the saddles."""
        return np.asarray(np.abs(wrapped(states[0])) > SADDLE)

    def chain(self, modes: int = 64) -> Chain:
        """Return the chain in cosines."""
        return circle_chain(self.slope, SADDLE, modes)
