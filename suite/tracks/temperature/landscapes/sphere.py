"""Two wells on the sphere in three dimensions, at its poles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from suite.tracks.temperature.chain import Chain, sphere_chain
from suite.tracks.temperature.landscapes.landscape import Array, Landscape

RIDGE = 1 / 6


class Sphere(Landscape):
    """U = -1.8 z^2 + 0.6 z: a local minimum of -1.2 at the north pole, the global one of -2.4 at the south pole.

    On a meridian U falls from z = 1/6, where dU/dz = -3.6 z + 0.6 = 0 and U = 0.05, to both poles: the parallel there
    is a ridge of one height, which every path crosses, and H* = 0.05 + 1.2 = 1.25.

    A step is a gradient step, brought back to the sphere, and then a tangent Gaussian step, brought back: noise alone
    is then a convolution on the sphere, and the chain is exact.
    """

    numbers = 3
    barrier = 1.25
    lowest = -2.4

    def starts(self, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return north poles [3, count]."""
        states = np.zeros((3, count), np.float32)
        states[2] = 1
        return states

    @override
    def energy(self, states: Array) -> Array:
        z = states[2].astype(np.float64)
        return np.asarray(z * (0.6 - 1.8 * z))

    def slope(self, z: Array) -> Array:
        """Return dU/dz."""
        return np.asarray(0.6 - 3.6 * z, z.dtype)

    @override
    def stepped(self, states: Array, eta: float, noise: Array, tau: float) -> Array:
        pull = states.dtype.type(-eta) * self.slope(states[2])
        moved = states * (1 - pull * states[2])  # x + pull (e - z x), with e the pole
        moved[2] += pull
        moved /= np.sqrt(np.einsum("dw,dw->w", moved, moved))
        moved += noise - np.einsum("dw,dw->w", noise, moved) * moved
        moved /= np.sqrt(np.einsum("dw,dw->w", moved, moved))
        return np.asarray(moved)

    def inside(self, states: Array) -> NDArray[np.bool_]:
        """Tell which states are south of the ridge."""
        return np.asarray(states[2] < RIDGE)

    def chain(self, modes: int = 48) -> Chain:
        """Return the chain in Legendre polynomials."""
        return sphere_chain(self.slope, RIDGE, modes)
