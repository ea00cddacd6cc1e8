"""The molecule, built from standard bond lengths and angles: nothing is downloaded, nothing is random.

Atoms have the names and the order of PDB files. Lengths and angles are those of Amber's protein force fields, rounded;
dihedral angles make both peptide bonds trans and the alpha carbon L.
"""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.extras import required_library

# fmt: off
RESIDUES = {
    "ACE": ("H1", "CH3", "H2", "H3", "C", "O"),
    "ALA": ("N", "H", "CA", "HA", "CB", "HB1", "HB2", "HB3", "C", "O"),
    "NME": ("N", "H", "C", "H1", "H2", "H3"),
}
# fmt: on
NAMES = tuple(f"{residue} {atom}" for residue, atoms in RESIDUES.items() for atom in atoms)
ELEMENTS = tuple(name.split()[1][0] for name in NAMES)
HEAVY = tuple(index for index, element in enumerate(ELEMENTS) if element != "H")

# Each atom but the first three: the atoms a, b, c that it hangs on, its distance to c (nm), its angle with b and c and
# its dihedral angle with a, b and c (degrees). `phi` and `psi` stand for the angles of the conformation.
_PLACED: tuple[tuple[str, str, str, str, float, float, float | str], ...] = (
    ("ALA CA", "ACE CH3", "ACE C", "ALA N", 0.1449, 121.9, 180),
    ("ACE O", "ALA CA", "ALA N", "ACE C", 0.1229, 122.9, 0),
    ("ALA H", "ACE O", "ACE C", "ALA N", 0.1010, 120, 180),
    ("ALA C", "ACE C", "ALA N", "ALA CA", 0.1522, 110.1, "phi"),
    ("ALA CB", "ALA C", "ALA N", "ALA CA", 0.1526, 109.7, -122.5),
    ("ALA HA", "ALA C", "ALA N", "ALA CA", 0.1090, 109.5, 119),
    ("NME N", "ALA N", "ALA CA", "ALA C", 0.1335, 116.6, "psi"),
    ("ALA O", "NME N", "ALA CA", "ALA C", 0.1229, 120.4, 180),
    ("NME C", "ALA CA", "ALA C", "NME N", 0.1449, 121.9, 180),
    ("NME H", "ALA O", "ALA C", "NME N", 0.1010, 120, 180),
    *((f"ACE H{n}", "ALA N", "ACE C", "ACE CH3", 0.1090, 109.5, 120 * n) for n in (1, 2, 3)),
    *((f"ALA HB{n}", "ALA N", "ALA CA", "ALA CB", 0.1090, 109.5, 60 + 120 * n) for n in (1, 2, 3)),
    *((f"NME H{n}", "ALA C", "NME N", "NME C", 0.1090, 109.5, 60 + 120 * n) for n in (1, 2, 3)),
)


def atoms(*names: str) -> tuple[int, ...]:
    """Return the numbers of atoms, as ``atoms("ALA CA", "ALA CB")``."""
    return tuple(NAMES.index(name) for name in names)


PHI = atoms("ACE C", "ALA N", "ALA CA", "ALA C")
PSI = atoms("ALA N", "ALA CA", "ALA C", "NME N")
OMEGAS = (atoms("ACE CH3", "ACE C", "ALA N", "ALA CA"), atoms("ALA CA", "ALA C", "NME N", "NME C"))


def conformation(phi: float, psi: float) -> NDArray[np.float64]:
    """Return the coordinates [22, 3] in nm of the molecule with these dihedral angles, in degrees.

    Not relaxed: atoms may overlap where phi and psi are such that they do.
    """
    bend = radians(116.6)
    places = {
        "ACE CH3": np.zeros(3),
        "ACE C": np.array([0.1522, 0, 0]),
        "ALA N": np.array([0.1522 - 0.1335 * cos(bend), 0.1335 * sin(bend), 0]),
    }
    turns = {"phi": phi, "psi": psi}
    for atom, a, b, c, distance, angle, dihedral in _PLACED:
        turn = turns[dihedral] if isinstance(dihedral, str) else dihedral
        places[atom] = _placed(places[a], places[b], places[c], distance, radians(angle), radians(turn))
    return np.stack([places[name] for name in NAMES])


def topology() -> Any:
    """Return the ``openmm.app.Topology``.

    Raises:
        SuiteError: OpenMM is not installed.
    """
    required_library("openmm")
    from openmm import app

    made = app.Topology()
    chain = made.addChain()
    added = {}
    for residue, members in RESIDUES.items():
        place = made.addResidue(residue, chain)
        for atom in members:
            element = app.Element.getBySymbol(atom[0])
            added[f"{residue} {atom}"] = made.addAtom(atom, element, place)
    bonds = [("ACE CH3", "ACE C"), ("ACE C", "ALA N"), *((c, atom) for atom, _, _, c, *_ in _PLACED)]
    for first, second in bonds:
        made.addBond(added[first], added[second])
    return made


def _placed(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], distance: float, angle: float, turn: float
) -> NDArray[np.float64]:
    """Return the place of an atom from the three that it hangs on; angles in radians."""
    along = (c - b) / np.linalg.norm(c - b)
    normal = np.cross(b - a, along)
    normal /= np.linalg.norm(normal)
    across = np.cross(normal, along)
    direction = -cos(angle) * along + sin(angle) * (cos(turn) * across + sin(turn) * normal)
    return np.asarray(c + distance * direction)
