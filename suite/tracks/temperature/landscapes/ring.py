"""InfoNCE of items round a ring, embedded on the circle, with a planted arrangement that is not the best one."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from suite.tracks.temperature.landscapes.landscape import Array, Landscape, wrapped


class Ring(Landscape):
    """N items on S^1, the positive of each the next one of a ring: N pairs.

    U = -mean_i log(exp(z_i.z_i+ / tau) / sum_{k != i} exp(z_i.z_k / tau)): the positive is in the sum, i itself is not.

    The best arrangements go round the circle once, either way, evenly spaced. Where the embedding goes there and back
    instead, no item can leave the fold alone: a local minimum. The **winding number**, the sum over the ring of the
    differences between neighbours' angles over 2 pi, tells them apart: 1 or -1, and 0.

    Args:
        items: how many; ``tau``: inside the loss.
        barrier: from the fold to a best arrangement; an **estimate**, of `suite.tracks.temperature.barrier`.
    """

    def __init__(self, items: int, tau: float, barrier: float) -> None:
        self.items, self.numbers, self.tau, self.barrier = items, items, tau, barrier
        self.lowest = float(self.energy(self.around[:, None])[0])

    @property
    def around(self) -> NDArray[np.float64]:
        """The angles of a best arrangement [N]."""
        return 2 * np.pi * np.arange(self.items) / self.items

    @cached_property
    def fold(self) -> NDArray[np.float64]:
        """The angles of the planted arrangement [N]: there and back on a quarter of the circle, then relaxed."""
        half = self.items // 2
        states = np.r_[np.arange(half), np.arange(half)[::-1]][:, None] * (np.pi / self.items)
        for _ in range(2000):
            states = self.stepped(states, self.tau, np.zeros_like(states), self.tau)
        return np.asarray(states[:, 0])

    def starts(self, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return the fold, turned anew for each walker, with a hundredth of a radian of jitter [N, count]."""
        turned = self.fold[:, None] + rng.uniform(0, 2 * np.pi, count)
        return np.asarray(turned + 0.01 * rng.standard_normal(turned.shape), np.float32)

    @override
    def energy(self, states: Array) -> Array:
        similarity = self._similarity(states.astype(np.float64), self.tau)
        positive = np.take_along_axis(similarity, self._next()[:, None, None], axis=1)[:, 0]
        largest = similarity.max(axis=1)
        total = np.exp(similarity - largest[:, None]).sum(axis=1)
        return np.asarray((np.log(total) + largest - positive).mean(axis=0))

    def slope(self, states: Array, tau: float) -> Array:
        """Return dU [N, W] of angles [N, W]."""
        pull = self._similarity(states, tau)
        pull -= pull.max(axis=1, keepdims=True)
        np.exp(pull, out=pull)
        pull /= pull.sum(axis=1, keepdims=True)
        pull[np.arange(self.items), self._next()] -= 1
        pull *= -np.sin(states[:, None] - states[None])
        return np.asarray((pull.sum(axis=1) - pull.sum(axis=0)) / states.dtype.type(tau * self.items))

    @override
    def stepped(self, states: Array, eta: float, noise: Array, tau: float) -> Array:
        return states - states.dtype.type(eta) * self.slope(states, tau) + noise

    def winding(self, states: Array) -> NDArray[np.int64]:
        """Return the winding numbers [W] of angles [N, W]."""
        between = wrapped(states[self._next()].astype(np.float64) - states)
        return np.asarray(np.rint(between.sum(axis=0) / (2 * np.pi)), np.int64)

    def inside(self, states: Array) -> NDArray[np.bool_]:
        """Tell which arrangements go round once, either way."""
        return np.asarray(np.abs(self.winding(states)) == 1)

    def _next(self) -> NDArray[np.int64]:
        return np.roll(np.arange(self.items), -1)

    def _similarity(self, states: Array, tau: float) -> Array:
        similarity = np.cos(states[:, None] - states[None]) / states.dtype.type(tau)
        similarity[np.arange(self.items), np.arange(self.items)] = -np.inf
        return np.asarray(similarity)
