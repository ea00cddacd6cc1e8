"""The molecule as built: bond lengths, handedness, peptide bonds, and the dihedral angles that were asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from suite.benchmarks.basins.alanine_dipeptide._structure import (
    ELEMENTS,
    HEAVY,
    NAMES,
    OMEGAS,
    PHI,
    PSI,
    atoms,
    conformation,
    topology,
)
from suite.data.molecular import dihedrals
from suite.data.molecular_geometry import dihedral_angles
from suite.errors import SuiteError

CONFORMATIONS = [(-75, 150), (-75, -20), (55, 40), (60, -160)]


@pytest.mark.parametrize(("phi", "psi"), CONFORMATIONS)
def test_it_has_the_dihedral_angles_asked_for_and_trans_peptide_bonds(phi: float, psi: float) -> None:
    angles = np.degrees(dihedral_angles(conformation(phi, psi), (PHI, PSI, *OMEGAS)))
    assert angles[:2] == pytest.approx([phi, psi], abs=1e-4)
    assert np.abs(angles[2:]) == pytest.approx([180, 180], abs=1e-4)


def test_the_alpha_carbon_is_l() -> None:
    n, ca, c, cb, ha = conformation(-75, 150)[list(atoms("ALA N", "ALA CA", "ALA C", "ALA CB", "ALA HA"))]
    # Seen from the hydrogen, CO, R and N follow clockwise.
    assert np.dot(np.cross(c - ca, cb - ca), n - ca) > 0
    assert np.dot(ha - ca, n + c + cb - 3 * ca) < 0


def test_it_is_22_atoms_of_which_10_are_heavy() -> None:
    assert (len(NAMES), len(set(NAMES)), len(HEAVY)) == (22, 22, 10)
    assert sorted(ELEMENTS).count("H") == 12


def test_a_file_of_it_is_read_as_a_peptide(tmp_path: Path) -> None:
    pytest.importorskip("mdtraj", reason="pip install 'basin-suite[molecules]'")
    app = pytest.importorskip("openmm.app", reason="pip install 'basin-suite[molecules]'")
    made = topology()
    bonds = {(bond.atom1.name, bond.atom2.name) for bond in made.bonds()}
    assert len(list(made.bonds())) == 21  # a tree
    assert ("CA", "CB") in bonds
    for number, angles in enumerate(CONFORMATIONS):
        with (tmp_path / f"{number}.pdb").open("w") as file:
            app.PDBFile.writeFile(made, 10 * conformation(*angles), file)
    read = np.degrees(dihedrals([tmp_path / f"{number}.pdb" for number in range(len(CONFORMATIONS))]))
    np.testing.assert_allclose(read[:, 0, 0], CONFORMATIONS, atol=0.2)  # PDB rounds to 0.0001 nm


def test_without_openmm_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openmm", None)
    with pytest.raises(SuiteError, match="the package openmm is not installed") as error:
        topology()
    assert error.value.next == "pip install 'basin-suite[molecules]'"
