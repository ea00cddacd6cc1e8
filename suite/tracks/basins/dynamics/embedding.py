"""Embeddings: low-dimensional dynamics seen in many noisy dimensions.

A signal in p coordinates, noise in the other D - p, and a random rotation over all of them. The noise is independent of
the signal and has the same law for every trajectory, so that the exact answer of `oracle` stays exact.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from suite.lazy import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Signal = Callable[[Tensor, Tensor], Tensor]

Kind = Literal["linear", "linear+slow", "warp", "signflip"]
SLOW = 0.1
"""Correlation time of the slow noise, in horizons."""
_CHUNK = 64  # trajectories at a time: bounds the memory of the random bits


@dataclass(frozen=True)
class Embedding:
    """How latent states [d] become observations [D].

    * ``linear``: the signal is the latent state; white noise, standard deviation 1.
    * ``linear+slow``: the noise is Ornstein-Uhlenbeck, stationary, with a correlation time of a tenth of the horizon:
      slow directions that tell nothing.
    * ``warp``: the state winds around an axis, ``r = 1.2 + 0.6 u``, ``a = 1.1 pi v``, ``(r cos a, r sin a, 0.8 v)``,
      where v = u on a line; white noise, 0.5.
    * ``signflip``: each coordinate becomes an angle ``a = (pi / 4) separation (1 + u)`` on a circle of radius 2.2, and
      the whole signal is multiplied by a random sign in every frame: all means coincide, nothing linear is left. White
      noise, 0.5.

    The latent state is divided by the system's ``scale`` first, so that wells lie near plus and minus one.

    Attributes:
        dimension: D.
        separation: for ``signflip``, 0 to 1: the angle between wells at minus and plus one, in right angles. Smaller is
            harder.
    """

    kind: Kind
    dimension: int
    separation: float = 1.0

    @property
    def name(self) -> str:
        """Kind and dimension, as ``linear-50``."""
        return f"{self.kind}-{self.dimension}"

    @property
    def noise(self) -> float:
        """The standard deviation of the noise."""
        return 1.0 if self.kind.startswith("linear") else 0.5

    def observe(self, latent: Tensor, seed: int, trajectories: Tensor) -> Tensor:
        """Return the observations [N, L, D] of scaled latent states [N, L, d], float32.

        ``trajectories`` [N], int64, number the trajectories: a trajectory's noise depends on ``seed`` and its number.

        Raises:
            ValueError: the signal does not fit into D dimensions.
        """
        from suite.tracks.basins.dynamics.threads import run_chunks

        rotation = self._rotation(latent.shape[2], seed).to(latent.device)
        observed = torch.empty((*latent.shape[:2], self.dimension), device=latent.device)

        def run(first: int) -> None:
            # Always as many: the last bits of a sum depend on how many are summed side by side.
            rows = torch.arange(first, first + _CHUNK, device=latent.device).clamp(max=len(latent) - 1)
            made = self._observe(latent[rows], rotation, seed, trajectories[rows])
            observed[first : first + _CHUNK] = made[: len(latent) - first]

        run_chunks(run, range(0, len(latent), _CHUNK), 1 if latent.is_cuda else None)
        return observed

    def _observe(self, latent: Tensor, rotation: Tensor, seed: int, trajectories: Tensor) -> Tensor:
        from suite.tracks.basins.dynamics.counter import CounterNormals, keys, stream

        frames = latent.shape[1]
        signs = CounterNormals(keys(stream(seed, "signs"), trajectories), 1)(0, frames)[:, 0].T.sign()
        signal = _SIGNALS[self.kind](latent, signs, self.separation)
        normals = CounterNormals(keys(stream(seed, "noise"), trajectories), self.dimension)
        drawn = normals(0, frames + 1)
        if self.kind == "linear+slow":
            _correlate(drawn, math.exp(-1 / (SLOW * frames)))
        noise = drawn[1:].mul_(self.noise)  # [L, D, N]
        for axis, direction in enumerate(rotation):
            # Noise along the signal's directions is taken out: what is left has the law of noise in D - p dimensions.
            # One axis after the other and no matrix product, whose last bits depend on how many rows there are.
            column = direction[:, None]
            along = signal[:, :, axis].T - (noise * column).sum(dim=1)
            noise = noise + along[:, None] * column
        return noise.permute(2, 0, 1)

    def _rotation(self, latent: int, seed: int) -> Tensor:
        """Return p orthonormal directions [p, D], the seed's."""
        from suite.tracks.basins.dynamics.counter import CounterNormals, keys, stream

        one = torch.ones((1, 1))
        parts = _SIGNALS[self.kind](one.expand(1, 1, latent), one, 1.0).shape[2]
        if parts > self.dimension:
            raise ValueError(f"{self.kind} turns {latent} coordinates into {parts}. There is room for {self.dimension}")
        drawn = CounterNormals(keys(stream(seed, "rotation"), torch.arange(parts)), self.dimension)(0, 1)[0]
        directions: Tensor = torch.linalg.qr(drawn.double())[0].T.float().contiguous()
        return directions


def _linear(latent: Tensor, signs: Tensor, separation: float) -> Tensor:
    return latent


def _warp(latent: Tensor, signs: Tensor, separation: float) -> Tensor:
    u, v = latent[..., 0], latent[..., -1]
    radius, angle = 1.2 + 0.6 * u, 1.1 * math.pi * v
    return torch.stack([radius * angle.cos(), radius * angle.sin(), 0.8 * v], dim=2)


def _signflip(latent: Tensor, signs: Tensor, separation: float) -> Tensor:
    # Within half a turn in all, so that state and sign can be told from the product.
    angles = math.pi / 4 * separation * (1 + latent.clamp(-1.99, 1.99))
    return 2.2 * signs[..., None] * torch.cat([angles.cos(), angles.sin()], dim=2)


_SIGNALS = {"linear": _linear, "linear+slow": _linear, "warp": _warp, "signflip": _signflip}


def _correlate(noise: Tensor, kept: float) -> None:
    """Make stationary Ornstein-Uhlenbeck noise of white noise [L, ...], in place."""
    fresh = math.sqrt(1 - kept * kept)
    for before, now in itertools.pairwise(noise):
        now.mul_(fresh).add_(before * kept)
