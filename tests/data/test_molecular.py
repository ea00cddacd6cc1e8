"""Trajectory files in several formats: the same features from each, and one clear error for what cannot be used."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suite.data.molecular import dihedrals, load_trajectories
from suite.data.molecular_geometry import aligned, dihedral_angles, pair_distances
from suite.errors import SuiteError

# Three residues of a peptide, with a hydrogen on each nitrogen, and a water molecule: 21 atoms.
RESIDUES = {"ALA": ("N", "H", "CA", "CB", "C", "O"), "HOH": ("O", "H1", "H2")}
CHAIN = ("ALA", "ALA", "ALA", "HOH")
HEAVY = [0, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15, 16, 17]  # of the peptide
PHI = [(4, 6, 8, 10), (10, 12, 14, 16)]  # C N CA C, of the second and third residue
PSI = [(0, 2, 4, 6), (6, 8, 10, 12)]  # N CA C N, of the first and second
FRAMES = 9


@pytest.fixture
def mdtraj() -> Any:
    return pytest.importorskip("mdtraj", reason="pip install 'basin-suite[molecules]'")


@pytest.fixture
def coordinates() -> np.ndarray:
    """Coordinates [2 trajectories, frames, atoms, 3], nm, of atoms that wander about their places."""
    rng = np.random.default_rng(0)
    places = 0.3 * rng.normal(size=(1, 1, 21, 3))
    return (places + 0.05 * rng.normal(size=(2, FRAMES, 21, 3))).astype(np.float32)


@pytest.fixture
def topology(mdtraj: Any) -> Any:
    made = mdtraj.Topology()
    chain = made.add_chain()
    for residue in CHAIN:
        place = made.add_residue(residue, chain)
        for atom in RESIDUES[residue]:
            made.add_atom(atom, mdtraj.element.get_by_symbol(atom[0]), place)
    made.create_standard_bonds()
    return made


@pytest.fixture
def trajectories(mdtraj: Any, topology: Any, coordinates: np.ndarray) -> list[Any]:
    return [mdtraj.Trajectory(each, topology) for each in coordinates]


@pytest.fixture
def pdb(trajectories: list[Any], tmp_path: Path) -> Path:
    trajectories[0][0].save(str(tmp_path / "first.pdb"))
    return tmp_path / "first.pdb"


def saved(trajectories: list[Any], folder: Path, ending: str) -> list[Path]:
    files = [folder / f"{number}.{ending}" for number in range(len(trajectories))]
    for trajectory, file in zip(trajectories, files, strict=True):
        trajectory.save(str(file))
    return files


@pytest.mark.parametrize("ending", ["dcd", "xtc", "trr", "pdb"])
def test_every_format_gives_the_heavy_atoms_that_were_written(
    ending: str, trajectories: list[Any], coordinates: np.ndarray, pdb: Path, tmp_path: Path
) -> None:
    files = saved(trajectories, tmp_path, ending)
    heavy = coordinates[:, :, HEAVY]
    distances = load_trajectories(files, pdb)
    assert (distances.shape, distances.dtype) == ((2, FRAMES, 105), np.float32)
    np.testing.assert_allclose(distances, pair_distances(heavy), atol=2e-3)  # XTC and PDB round to 0.001 nm
    placed = load_trajectories(files, pdb, features="coordinates")
    assert (placed.shape, placed.dtype) == ((2, FRAMES, 45), np.float32)
    np.testing.assert_allclose(placed, aligned(heavy, heavy[0, 0]), atol=5e-3)


def test_files_with_a_topology_of_their_own_need_no_other(trajectories: list[Any], pdb: Path, tmp_path: Path) -> None:
    files = saved(trajectories, tmp_path, "pdb")
    assert np.array_equal(load_trajectories(files), load_trajectories(files, pdb))


def test_stride_and_selection_thin_frames_and_atoms(trajectories: list[Any], pdb: Path, tmp_path: Path) -> None:
    files = saved(trajectories, tmp_path, "dcd")
    whole = load_trajectories(files, pdb)
    assert np.array_equal(load_trajectories(files, pdb, stride=4), whole[:, ::4])
    assert load_trajectories(files, pdb, selection="resid 0 1", features="coordinates").shape == (2, FRAMES, 30)
    assert np.array_equal(dihedrals(files, pdb, stride=4), dihedrals(files, pdb)[:, ::4])


def test_dihedrals_are_of_the_residues_that_have_both(
    trajectories: list[Any], coordinates: np.ndarray, pdb: Path, tmp_path: Path
) -> None:
    found = dihedrals(saved(trajectories, tmp_path, "dcd"), pdb)
    assert found.shape == (2, FRAMES, 1, 2)  # of three residues the one in the middle
    np.testing.assert_allclose(found[:, :, 0], dihedral_angles(coordinates, [PHI[0], PSI[1]]), atol=1e-4)


def refused(cause: str, place: str, *arguments: Any, **options: Any) -> None:
    with pytest.raises(SuiteError, match=cause) as error:
        load_trajectories(*arguments, **options)
    assert place in error.value.place
    assert error.value.next


def test_what_cannot_be_used_is_refused_by_name(trajectories: list[Any], pdb: Path, tmp_path: Path) -> None:
    files = saved(trajectories, tmp_path, "dcd")
    (short,) = saved([trajectories[0][:5]], tmp_path, "xtc")
    (fewer,) = saved([trajectories[0].atom_slice(range(10))], tmp_path, "trr")
    refused(r"trajectories differ: \(5, .*\(9, .* for the first", "0.xtc", [*files, short], pdb)
    refused("mdtraj cannot read it", "0.trr with topology", [fewer], pdb)
    refused("the file does not exist", "gone.dcd", [tmp_path / "gone.dcd"], pdb)
    refused("mdtraj cannot read it", "0.dcd", files[:1])
    refused("got 0 files and a stride of", "load_trajectories", [], pdb)
    refused("and a stride of 0", "load_trajectories", files, pdb, stride=0)
    refused("'element Xx and' is not a selection of atoms", "selection", files, pdb, selection="element Xx and")
    refused("selects 1 heavy atoms", "0.dcd", files, pdb, selection="resid 0 and name CA")
    refused("'angles' is not a kind of features", "load_trajectories", files, pdb, features="angles")
    (tmp_path / "torn.dcd").write_bytes(files[0].read_bytes()[:300])
    refused("mdtraj cannot read it", "torn.dcd", [tmp_path / "torn.dcd"], pdb)


def test_a_coordinate_that_is_not_finite_is_refused(trajectories: list[Any], pdb: Path, tmp_path: Path) -> None:
    trajectories[1].xyz[3, 2, 0] = np.nan
    refused("a coordinate is NaN or infinite", "1.dcd", saved(trajectories, tmp_path, "dcd"), pdb)


def test_a_molecule_without_a_backbone_has_no_dihedrals(trajectories: list[Any], tmp_path: Path) -> None:
    water = [each.atom_slice([18, 19, 20]) for each in trajectories]
    files = saved(water, tmp_path, "pdb")
    with pytest.raises(SuiteError, match="no residue has both phi and psi"):
        dihedrals(files)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mdtraj", None)
    for ask in (load_trajectories, dihedrals):
        with pytest.raises(SuiteError, match="the package mdtraj is not installed") as error:
            ask(["0.dcd"], "0.pdb")
        assert error.value.next == "pip install 'basin-suite[molecules]'"
