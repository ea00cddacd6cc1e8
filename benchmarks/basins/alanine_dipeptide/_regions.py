"""Which part of the Ramachandran plane a state lies in, and what a Markov model of the parts says of representatives.

The borders are the ridges of the free energy in the dihedral angles, as this force field has them at 300 K and 600 K.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REGIONS = ("C5", "PII", "alpha R", "alpha L", "PII L")
"""C5 and PII are the two sides of one basin, beta, between which the molecule goes to and fro within a few ps."""
BASINS = np.array([0, 0, 1, 2, 3])
"""Basin of each region: beta, alpha R, alpha L and the mirror image of PII."""


def region(dihedrals: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the region, as an index of `REGIONS`, of dihedral angles phi and psi [..., 2] in radians."""
    phi, psi = np.moveaxis(np.degrees(dihedrals), -1, 0)
    left = (phi > 0) & (phi < 130)
    extended = np.where(left, (psi > 95) | (psi < -100), (psi > 75) | (psi < -110))
    beta = np.where((phi > -112) & (phi < 0), 1, 0)
    return np.asarray(np.where(left, np.where(extended, 4, 3), np.where(extended, beta, 2)), dtype=np.int64)


def markov_model(visits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the probabilities [5, 5] of going from one region to another within a frame.

    Counted in ``visits`` [N, frames]; a region that was never left from stays where it is.
    """
    counts = np.zeros((len(REGIONS), len(REGIONS)))
    np.add.at(counts, (visits[:, :-1].ravel(), visits[:, 1:].ravel()), 1)
    counts[counts.sum(axis=1) == 0] += np.eye(len(REGIONS))[counts.sum(axis=1) == 0]
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def expected_shares(
    model: NDArray[np.float64], starts: NDArray[np.int64], frames: int, burn_in: int
) -> NDArray[np.float64]:
    """Return the law of a random frame after burn-in [K, 5] of trajectories that start in regions ``starts`` [K]."""
    powers = [np.linalg.matrix_power(model, frame) for frame in range(burn_in + 1, frames + 1)]
    return np.asarray(np.mean(powers, axis=0)[starts])


def observed_shares(visits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each region in the visits [K, ...] of each representative: [K, 5]."""
    return np.stack([(visits == index).reshape(len(visits), -1).mean(axis=1) for index in range(len(REGIONS))], axis=1)
