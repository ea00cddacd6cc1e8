"""The barrier of a ring of InfoNCE pairs, estimated by a string method.

An estimate: the lowest of the paths that were tried need not be the lowest there is. Source: E, Ren and Vanden-Eijnden
2007, "Simplified and improved string method", with the saddle refined by Newton steps from the highest image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.tracks.temperature.landscapes.landscape import wrapped
from suite.tracks.temperature.landscapes.ring import Ring

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Saddle:
    """The highest point of the lowest path.

    Attributes:
        barrier: its energy above the planted arrangement's.
        paths: the barriers of all paths, of the string alone [N].
        gradient: the norm of the gradient at the saddle; ``falling``: in how many directions the energy falls from it.
    """

    barrier: float
    paths: Numbers
    gradient: float
    falling: int


def estimate(ring: Ring, images: int = 48, iterations: int = 3000) -> Saddle:
    """Return the lowest saddle between the fold and the best arrangement, by a string for each item where it opens.

    Raises:
        ValueError: Newton's steps from the highest image end at no saddle.
    """
    from scipy.optimize import root

    fold = ring.fold
    ends = np.stack([_unrolled(np.roll(fold, shift)) for shift in range(ring.items)], axis=1)
    best = ring.around[:, None] + (ends - ring.around[:, None]).mean(axis=0)
    path = ends + np.linspace(0, 1, images)[:, None, None] * (best - ends)  # [images, N, strings]
    for _ in range(iterations):
        moved = path[1:-1].transpose(1, 0, 2).reshape(ring.items, -1)
        moved = moved - ring.tau * ring.slope(moved, ring.tau)
        path[1:-1] = moved.reshape(ring.items, images - 2, -1).transpose(1, 0, 2)
        path = _spaced(path)
    energies = ring.energy(path.transpose(1, 0, 2).reshape(ring.items, -1)).reshape(images, -1)
    start = float(ring.energy(fold[:, None])[0])
    lowest = int(energies.max(axis=0).argmin())
    highest = path[energies[:, lowest].argmax(), :, lowest]

    def slope(angles: Numbers) -> Numbers:
        return np.asarray(ring.slope(angles[:, None], ring.tau)[:, 0], np.float64)

    found: Numbers = root(slope, highest, method="lm").x
    gradient = float(np.linalg.norm(ring.slope(found[:, None], ring.tau)))
    falling = int((np.linalg.eigvalsh(_hessian(ring, found)) < -1e-6).sum())
    if gradient > 1e-8 or falling != 1:
        raise ValueError(f"this is not a saddle: its gradient is {gradient:.1e}, and {falling} directions fall")
    barrier = float(ring.energy(found[:, None])[0]) - start
    return Saddle(barrier, energies.max(axis=0) - start, gradient, falling)


def _unrolled(angles: Numbers) -> Numbers:
    return np.asarray(np.r_[0.0, wrapped(np.diff(angles)).cumsum()])


def _spaced(path: Numbers) -> Numbers:
    """Return each string's images anew, in equal distances [images, N, strings]."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    for string in range(path.shape[2]):
        along = np.r_[0.0, steps[:, string].cumsum()]
        wanted = np.linspace(0, along[-1], len(path))
        for item in range(path.shape[1]):
            path[:, item, string] = np.interp(wanted, along, path[:, item, string])
    return path


def _hessian(ring: Ring, angles: Numbers, width: float = 1e-5) -> Numbers:
    moved = width * np.eye(len(angles))
    difference = ring.slope(angles[:, None] + moved, ring.tau) - ring.slope(angles[:, None] - moved, ring.tau)
    hessian = difference / (2 * width)
    return np.asarray((hessian + hessian.T) / 2)
