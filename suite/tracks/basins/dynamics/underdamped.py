"""Underdamped Langevin dynamics on a circle: position and momentum, tilted or not.

Trajectories and laws are of the same chain, the BAOAB integrator's: the law is moved on a grid of the phase space by
the very steps that a trajectory takes, shifts by Fourier series and a Gaussian kernel for friction and noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from suite.tracks.basins.dynamics.counter import exact_normals
from suite.tracks.basins.dynamics.process import Process


@dataclass(frozen=True)
class Underdamped(Process):
    """``dq = p dt``, ``dp = (tilt - V'(q) - friction p) dt + sqrt(2 friction temperature) dW`` on a circle.

    ``V = -height cos(wells q)``, q in radians. With a tilt and little friction a particle rests in a well or runs round
    the circle at a momentum of about tilt / friction (Risken 1989, chapter 11): basins that differ in momentum alone.

    Source of the integrator: Leimkuhler and Matthews 2013.

    Attributes:
        sites: position and momentum of each.
        step: the integrator's; there are ``every`` between two frames.
        blur: standard deviations of the position and the momentum at which a trajectory starts, around its start.
        fastest: largest momentum on the oracle's grid, either way; ``grid`` are its points along q and p.
    """

    name: str
    wells: int
    height: float
    tilt: float
    friction: float
    temperature: float
    sites: tuple[tuple[float, ...], ...]
    step: float = 0.1
    every: int = 5
    scatter: int = 5
    blur: tuple[float, float] = (0.1, 0.2)
    fastest: float = 6.0
    grid: tuple[int, int] = (96, 128)

    @override
    def steps(self, frames: int) -> int:
        return self.every

    @property
    def _kept(self) -> float:
        return math.exp(-self.friction * self.step)

    @override
    def simulate(self, starts: Tensor, keys: Tensor, frames: int, every: int) -> Tensor:
        jitter = exact_normals(keys, 2, 0, 1)[0]
        q, p = (
            start + width * normal for start, width, normal in zip(starts.double().T, self.blur, jitter, strict=True)
        )
        states = torch.empty(len(starts), frames, 2)
        spread = math.sqrt(self.temperature * (1 - self._kept**2))
        normals = exact_normals(keys, 1, 2, frames * every)[:, 0]
        for number, normal in enumerate(normals, start=1):
            p = p + self.step / 2 * self._force(q)
            q = q + self.step / 2 * p
            p = self._kept * p + spread * normal
            q = q + self.step / 2 * p
            p = p + self.step / 2 * self._force(q)
            if number % every == 0:
                states[:, number // every - 1] = torch.stack([q, p], dim=1).float()
        return states

    def _force(self, q: Tensor) -> Tensor:
        return self.tilt - self.height * self.wells * (self.wells * q).sin()

    @override
    def laws(self, starts: NDArray[np.float32], frames: int, burn_in: int) -> NDArray[np.float64]:
        positions, momenta = self.grid
        q = torch.arange(positions).double() * (2 * math.pi / positions)
        p = (torch.arange(momenta).double() - momenta / 2) * (2 * self.fastest / momenta)
        width, height = float(q[1]), float(p[1] - p[0])
        centres = torch.from_numpy(starts).double()
        apart = torch.remainder(q - centres[:, :1] + math.pi, 2 * math.pi) - math.pi
        law = (
            torch.exp(-0.5 * (apart / self.blur[0]) ** 2)[:, :, None]
            * torch.exp(-0.5 * ((p - centres[:, 1:]) / self.blur[1]) ** 2)[:, None]
        )
        law /= law.sum(dim=(1, 2), keepdim=True)
        drift = _shift(self.step / 2 * p[None], positions, width, dim=0)
        kick = _shift(self.step / 2 * self._force(q)[:, None], momenta, height, dim=1)
        spread = math.sqrt(self.temperature * (1 - self._kept**2))
        noise = torch.exp(-0.5 * ((p - self._kept * p[:, None]) / spread) ** 2)  # from row to column
        noise /= noise.sum(dim=1, keepdim=True)
        total = torch.zeros_like(law)
        for frame in range(frames):
            for _ in range(self.every):
                law = _moved(_moved(law, kick, dim=2), drift, dim=1) @ noise
                law = _moved(_moved(law, drift, dim=1), kick, dim=2)
            if frame >= burn_in:
                total += law
        flat = total.flatten(1).clamp(min=0)  # a Fourier series may swing below zero, by rounding
        return np.asarray((flat / flat.sum(dim=1, keepdim=True)).numpy())

    def features(self, states: Tensor) -> Tensor:
        """Return the position on the circle and the momentum, in units of what the tilt drives at, or of kT."""
        q, p = states.unbind(dim=-1)
        scale = max(abs(self.tilt) / self.friction / 2, 2 * math.sqrt(self.temperature))
        return torch.stack([q.cos(), q.sin(), p / scale - (1 if self.tilt else 0)], dim=-1)


def _shift(distances: Tensor, points: int, spacing: float, dim: int) -> Tensor:
    """Return the factors by which Fourier coefficients along ``dim`` change if a series moves by ``distances``."""
    waves = 2 * math.pi * torch.fft.rfftfreq(points, spacing, dtype=torch.float64)
    phase = waves[:, None] * distances if dim == 0 else waves * distances
    return torch.polar(torch.ones_like(phase), -phase)


def _moved(law: Tensor, factors: Tensor, dim: int) -> Tensor:
    moved: Tensor = torch.fft.irfft(torch.fft.rfft(law, dim=dim) * factors, n=law.shape[dim], dim=dim)
    return moved
