"""Coordinates of atoms as features: distances, aligned coordinates, dihedral angles. NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def pair_distances(coordinates: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the distances [..., atoms (atoms - 1) / 2] of all pairs of atoms of coordinates [..., atoms, 3].

    In the unit of the coordinates; pairs in the order (0, 1), (0, 2), ..., (1, 2), .... They do not change when the
    molecule moves or turns. A mirror image has the same ones.
    """
    import numpy as np

    first, second = np.triu_indices(coordinates.shape[-2], 1)
    apart = coordinates[..., first, :] - coordinates[..., second, :]
    return np.asarray(np.linalg.norm(apart, axis=-1), dtype=np.float32)


def aligned(coordinates: NDArray[np.floating], reference: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return coordinates [..., atoms, 3] as [..., 3 atoms], each frame moved and turned onto ``reference`` [atoms, 3].

    Every atom weighs the same, and the centre of the result is the origin. Source: Kabsch 1976, by singular values.

    Raises:
        ValueError: the reference has other atoms.
    """
    import numpy as np

    if reference.shape != coordinates.shape[-2:]:
        raise ValueError(f"the reference has shape {reference.shape}, the frames {coordinates.shape[-2:]}")
    centred = coordinates.astype(np.float64) - coordinates.mean(axis=-2, keepdims=True, dtype=np.float64)
    target = reference.astype(np.float64) - reference.mean(axis=0, dtype=np.float64)
    left, _, right = np.linalg.svd(np.swapaxes(centred, -1, -2) @ target)
    # Turned, never mirrored: where the best orthogonal matrix is a reflection, its weakest direction is reversed.
    left[..., -1] *= np.sign(np.linalg.det(left @ right))[..., None]
    turned: NDArray[np.float64] = centred @ (left @ right)
    return turned.reshape(*coordinates.shape[:-2], -1).astype(np.float32)


def dihedral_angles(coordinates: NDArray[np.floating], atoms: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Return the dihedral angles [..., angles] in radians, -pi to pi, of coordinates [..., all atoms, 3].

    ``atoms`` [angles][4] name each angle's atoms in a row. Signs are IUPAC's: positive is clockwise, seen along the
    bond in the middle.
    """
    import numpy as np

    a, b, c, d = np.moveaxis(coordinates[..., np.asarray(atoms), :].astype(np.float64), -2, 0)
    along = c - b
    first, second = np.cross(b - a, along), np.cross(along, d - c)
    sine = (np.cross(first, second) * along).sum(axis=-1) / np.linalg.norm(along, axis=-1)
    return np.asarray(np.arctan2(sine, (first * second).sum(axis=-1)), dtype=np.float32)
