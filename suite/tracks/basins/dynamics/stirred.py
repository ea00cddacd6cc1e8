"""Overdamped dynamics with a drift that turns around the potential's level lines: not reversible, same equilibrium."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, diags
from torch import Tensor
from typing_extensions import override

from suite.tracks.basins.dynamics import langevin
from suite.tracks.basins.dynamics.oracle import grid, nearest_cells, propagated
from suite.tracks.basins.dynamics.potential import Potential
from suite.tracks.basins.dynamics.process import Process
from suite.tracks.basins.dynamics.system import System
from suite.tracks.basins.dynamics.systems import SYSTEMS


@dataclass(frozen=True)
class Stirred(Process):
    """``dz = -(grad V - strength J grad V) / friction dt + noise`` in the plane, with J a quarter of a turn.

    J grad V has no divergence and is normal to grad V: the Boltzmann distribution stays, detailed balance does not.
    """

    system: System
    strength: float
    name: str = field(init=False)
    scatter: int = 60

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.system.name)

    @property
    def sites(self) -> tuple[tuple[float, ...], ...]:  # type: ignore[override] # the system's
        """The system's."""
        return self.system.sites

    @override
    def steps(self, frames: int) -> int:
        return self.system.steps(frames)

    @property
    def _turning(self) -> System:
        """The system with minus the drift in the place of its potential's gradient."""
        potential, strength = self.system.potential, self.strength
        slopes = potential.gradient

        def against(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
            along, across = slopes(x, y)
            return along + strength * across, across - strength * along

        return replace(self.system, potential=Potential(potential.energy, against, exact=potential.exact))

    @override
    def simulate(self, starts: Tensor, keys: Tensor, frames: int, every: int) -> Tensor:
        return langevin.simulate(self._turning, starts, keys, frames, every=every)

    def laws(self, starts: NDArray[np.float32], frames: int, burn_in: int) -> NDArray[np.float64]:
        """See `Process`; on the system's grid."""
        interval = self.system.steps(frames) * self.system.step
        rates = drift_generator(self._turning)
        return propagated(rates, nearest_cells(self.system, starts), interval, frames, burn_in)

    @override
    def features(self, states: Tensor) -> Tensor:
        return states / self.system.scale


def stirred(name: str, system: str, strength: float, temperature: float) -> Stirred:
    """Return a named system, stirred and at a temperature of its own."""
    return Stirred(replace(SYSTEMS[system], name=name, temperature=temperature), strength)


def drift_generator(system: System) -> csc_matrix:
    """Return the generator on the grid [cells, cells] of a drift of any form, minus the potential's ``gradient``.

    The rate to a neighbour is ``kT / (friction dx^2) u / (1 - exp(-u))`` with ``u = drift dx friction / kT`` at the
    face between them. Source: Scharfetter and Gummel 1969.
    """
    points = grid(system)
    cells = np.arange(points[0].size).reshape(points[0].shape)
    rows, columns, values = [], [], []
    for axis, (low, high) in enumerate(system.box):
        width = (high - low) / (system.grid - 1)
        here, there = np.moveaxis(cells, axis, 0)[:-1].ravel(), np.moveaxis(cells, axis, 0)[1:].ravel()
        middle = [torch.from_numpy((each.ravel()[here] + each.ravel()[there]) / 2) for each in points]
        slope = system.barrier * system.potential.gradient(*middle)[axis].numpy()
        u = (-slope * width / system.temperature).clip(-60, 60)
        u[np.abs(u) < 1e-9] = 1e-9
        rate = system.temperature / (system.friction * width**2)
        rows += [here, there]
        columns += [there, here]
        values += [rate * u / -np.expm1(-u), rate * u / np.expm1(u)]
    shape = (cells.size, cells.size)
    jumps = coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape).tocsc()
    return (jumps - diags(np.asarray(jumps.sum(axis=1)).ravel())).tocsc()
