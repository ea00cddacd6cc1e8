"""Molecular trajectories from files: features of the heavy atoms, and backbone dihedral angles, through mdtraj.

Whatever mdtraj reads: DCD, XTC, TRR, NetCDF, HDF5, PDB, mmCIF and more, with the topology from a PDB file or another
that has one. Coordinates are in nanometres. Molecules must be whole: nothing is unwrapped at periodic borders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from suite.data.molecular_geometry import aligned, pair_distances
from suite.errors import SuiteError
from suite.extras import required_library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Files = Sequence[Path | str]

Features = Literal["distances", "coordinates"]


def load_trajectories(
    files: Files,
    topology: Path | str | None = None,
    *,
    features: Features = "distances",
    selection: str | None = None,
    stride: int = 1,
) -> NDArray[np.float32]:
    """Return the features [N, L, D] of N files, one trajectory each, of L frames.

    Args:
        files: trajectories, all of the same molecule.
        topology: the file that says which atoms there are; None if the trajectories say so themselves, as PDB does.
        features: ``distances`` of all pairs of heavy atoms, D = n (n - 1) / 2; or their ``coordinates``, each frame
            aligned to the first frame of the first file, D = 3 n. Both in nanometres.
        selection: which atoms to take the heavy ones of, in mdtraj's language, as ``protein and resid 3 to 9``; all
            but water if not given.
        stride: every how many frames to take one, beginning with the first.

    Raises:
        SuiteError: mdtraj is not installed; a file is missing or cannot be read with this topology; nothing is
            selected; lengths differ; a coordinate is NaN or infinite.
    """
    import numpy as np

    if features not in ("distances", "coordinates"):
        raise SuiteError(
            f"{features!r} is not a kind of features", place="load_trajectories", next="choose distances or coordinates"
        )
    coordinates = []
    for name, trajectory in _read(files, topology, stride):
        coordinates.append(trajectory.xyz[:, _heavy_atoms(trajectory.topology, selection, name)])
        _check_like_first(coordinates, files)
    stacked = np.stack(coordinates)
    return pair_distances(stacked) if features == "distances" else aligned(stacked, stacked[0, 0])


def dihedrals(files: Files, topology: Path | str | None = None, *, stride: int = 1) -> NDArray[np.float32]:
    """Return phi and psi [N, L, residues, 2] in radians, of every residue that has both, in order of the chain.

    Arguments and errors are those of `load_trajectories`; besides, no residue may have both angles.
    """
    import numpy as np

    mdtraj = required_library("mdtraj")
    found: list[NDArray[np.float32]] = []
    for name, trajectory in _read(files, topology, stride):
        (phi_atoms, phi), (psi_atoms, psi) = mdtraj.compute_phi(trajectory), mdtraj.compute_psi(trajectory)
        # Phi runs C N CA C and psi N CA C N: an angle's residue is that of its alpha carbon.
        _, of_phi, of_psi = np.intersect1d(phi_atoms[:, 2], psi_atoms[:, 1], return_indices=True)
        if not len(of_phi):
            raise SuiteError(
                "no residue has both phi and psi", place=str(name), next="give a topology with a peptide's atom names"
            )
        found.append(np.stack([phi[:, of_phi], psi[:, of_psi]], axis=-1))
        _check_like_first(found, files)
    return np.stack(found)


def _read(files: Files, topology: Path | str | None, stride: int) -> Iterator[tuple[Path | str, Any]]:
    """Yield each file's name and trajectory."""
    mdtraj = required_library("mdtraj")
    if not files or stride < 1:
        raise SuiteError(
            f"got {len(files)} files and a stride of {stride}. Both must be 1 or more",
            place="load_trajectories or dihedrals",
            next="name the files of the trajectories",
        )
    for needed in (*files, *([topology] if topology else [])):
        if not Path(needed).is_file():
            raise SuiteError("the file does not exist", place=str(needed), next="check the path")
    known = None
    for file in files:
        try:
            known = known or (mdtraj.load_topology(str(topology)) if topology else None)
            trajectory = mdtraj.load(str(file), stride=stride, **({"top": known} if known else {}))
        except Exception as problem:  # mdtraj's readers raise whatever they meet
            raise SuiteError(
                f"mdtraj cannot read it: {type(problem).__name__}: {problem}",
                place=f"{file}{f' with topology {topology}' if topology else ''}",
                next="check that the file is complete, and that the topology belongs to it",
            ) from problem
        yield file, trajectory


def _heavy_atoms(topology: Any, selection: str | None, file: Path | str) -> list[int]:
    """Return the selected atoms that are no hydrogen and no virtual site."""
    try:
        chosen = topology.select(selection or "not water")
    except Exception as problem:  # a parser's
        raise SuiteError(
            f"{selection!r} is not a selection of atoms: {problem}",
            place="selection",
            next="see mdtraj's atom selection",
        ) from problem
    heavy = [int(index) for index in chosen if topology.atom(index).element.number > 1]
    if len(heavy) < 2:
        raise SuiteError(
            f"{selection or 'not water'!r} selects {len(heavy)} heavy atoms. It must select two or more",
            place=str(file),
            next="choose another selection",
        )
    return heavy


def _check_like_first(arrays: list[NDArray[np.float32]], files: Files) -> None:
    """Check that the latest array is finite and has the shape of the first; frames come first in a shape."""
    import numpy as np

    latest, first, file = arrays[-1], arrays[0], files[len(arrays) - 1]
    if latest.shape != first.shape:
        what = "frames" if len(latest) != len(first) else "atoms or angles"
        raise SuiteError(
            f"the shapes of trajectories differ: {latest.shape}, and {first.shape} for the first",
            place=f"{what} of {file}, against {files[0]}",
            next="cut all trajectories to the same length, of the same molecule",
        )
    if not np.isfinite(latest).all():
        raise SuiteError("a coordinate is NaN or infinite", place=str(file), next="leave this trajectory out")
