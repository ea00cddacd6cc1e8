"""The exact answer: which representatives share a basin, and how well any classifier could tell them apart.

The generator of the dynamics is approximated on a grid, by the square root of the ratio of Boltzmann weights, and
propagated; no trajectory is simulated. Independent noise in further coordinates, and every invertible map of the
state, leave total variation as it is, so that the answer holds for the embedded problem too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, diags, identity
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from suite.tracks.basins.dynamics.system import System

THRESHOLD = 0.25
"""Two representatives belong together if the balanced Bayes risk between them is larger."""
AMBIGUOUS = (0.25, 0.75)
"""A pair whose total variation lies between is ambiguous."""
_SUBSTEPS = 4
_HIGHEST = 40.0  # kT above the lowest point: never visited, and what lies higher would overflow


@dataclass(frozen=True)
class Truth:
    """What the oracle says of K representatives.

    Attributes:
        risk: balanced Bayes risk of each pair [K, K]; 1/2 on the diagonal.
        labels: basin of each representative [K], numbered in order of appearance.
        ambiguous: share of pairs with a total variation between 0.25 and 0.75.
    """

    risk: NDArray[np.float64]
    labels: NDArray[np.int64]
    ambiguous: float


def truth(system: System, starts: NDArray[np.float32], frames: int, burn_in: int) -> Truth:
    """Return the truth for representatives at ``starts`` [K, d], watched as `simulate` does.

    Of ``frames`` evenly spaced over the horizon the first ``burn_in`` do not count.
    """
    return truth_of(marginal_distributions(system, starts, frames, burn_in))


def truth_of(laws: NDArray[np.float64]) -> Truth:
    """Return the truth for representatives whose trajectories' frames follow these laws [K, cells]."""
    variation = np.array([0.5 * np.abs(laws - law).sum(axis=1) for law in laws])
    risk = (1 - variation) / 2
    pairs = variation[np.triu_indices(len(laws), 1)]
    return Truth(
        risk=risk,
        labels=components(risk > THRESHOLD),
        ambiguous=float(np.mean((pairs > AMBIGUOUS[0]) & (pairs < AMBIGUOUS[1]))) if pairs.size else 0.0,
    )


def components(linked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the connected component of each node [K] of a graph [K, K], numbered in order of appearance."""
    _, numbers = connected_components(linked, directed=False)
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)


def marginal_distributions(
    system: System, starts: NDArray[np.float32], frames: int, burn_in: int
) -> NDArray[np.float64]:
    """Return the law of a random frame after burn-in for each start, on the cells of the grid [K, cells]."""
    interval = system.steps(frames) * system.step
    return propagated(generator(system), nearest_cells(system, starts), interval, frames, burn_in)


def propagated(
    rates: csc_matrix, cells: NDArray[np.int64], interval: float, frames: int, burn_in: int
) -> NDArray[np.float64]:
    """Return the law of a random frame after burn-in [K, cells] under a generator, from the start ``cells`` [K].

    Backward Euler, four sub-steps a frame, one factorisation for all.
    """
    implicit = splu((identity(rates.shape[0], format="csc") - (interval / _SUBSTEPS) * rates.T).tocsc())
    law = np.zeros((rates.shape[0], len(cells)))
    law[cells, np.arange(len(cells))] = 1.0
    total = np.zeros_like(law)
    for frame in range(frames):
        for _ in range(_SUBSTEPS):
            law = implicit.solve(law)
        if frame >= burn_in:
            total += law
    return np.asarray(total.T / (frames - burn_in))


def generator(system: System) -> csc_matrix:
    """Return the generator's square-root approximation on the grid [cells, cells]; rows sum to zero.

    The rate from p to a neighbour q is ``temperature / (friction dx^2) exp((V_p - V_q) / (2 temperature))``.
    Source: Lie, Fackeldey and Weber 2013.
    """
    energies = grid_energies(system)
    spacing = [(high - low) / (system.grid - 1) for low, high in system.box]
    cells = np.arange(energies.size).reshape(energies.shape)
    rows, columns, values = [], [], []
    for axis, width in enumerate(spacing):
        low = [slice(None)] * energies.ndim
        high = [slice(None)] * energies.ndim
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        for here, there in ((tuple(low), tuple(high)), (tuple(high), tuple(low))):
            drop = (energies[here] - energies[there]) / (2 * system.temperature)
            rows.append(cells[here].ravel())
            columns.append(cells[there].ravel())
            values.append((system.temperature / (system.friction * width**2) * np.exp(drop)).ravel())
    shape = (energies.size, energies.size)
    jumps = coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape).tocsc()
    return (jumps - diags(np.asarray(jumps.sum(axis=1)).ravel())).tocsc()


def grid(system: System) -> tuple[NDArray[np.float64], ...]:
    """Return the coordinates of the grid's points, one array [grid, ...] an axis."""
    axes = [np.linspace(low, high, system.grid) for low, high in system.box]
    return tuple(np.meshgrid(*axes, indexing="ij"))


def grid_energies(system: System) -> NDArray[np.float64]:
    """Return the potential, barrier included, at the grid's points [grid, ...], at most 40 kT above the lowest."""
    energies = system.barrier * system.potential(*(torch.from_numpy(each) for each in grid(system))).numpy()
    return np.asarray(np.minimum(energies, energies.min() + _HIGHEST * system.temperature))


def nearest_cells(system: System, starts: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the cell of the grid that each start [K, d] lies in [K]."""
    indices = []
    for axis, (low, high) in enumerate(system.box):
        place = np.rint((starts[:, axis] - low) / (high - low) * (system.grid - 1))
        indices.append(np.clip(place, 0, system.grid - 1).astype(np.int64))
    return np.asarray(np.ravel_multi_index(indices, (system.grid,) * system.dimension), dtype=np.int64)
