"""The recipe on a small scale: what it makes fits together, follows from the seed, and survives trajectory files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suite.benchmarks.basins.alanine_dipeptide._recipe import make, simulate
from suite.benchmarks.basins.alanine_dipeptide._regions import BASINS, region
from suite.benchmarks.basins.alanine_dipeptide._structure import HEAVY, OMEGAS, topology
from suite.data.molecular import dihedrals, load_trajectories
from suite.data.molecular_geometry import aligned, dihedral_angles, pair_distances
from suite.tracks.basins.dynamics.oracle import truth_of

openmm: Any = pytest.importorskip("openmm", reason="pip install 'basin-suite[molecules]'")
SMALL = {"representatives": 6, "trajectories": 3, "frames": 24, "burn_in": 6, "explored": 40}


@pytest.fixture(scope="module")
def made() -> dict[str, np.ndarray]:
    return make(0, **SMALL)


def test_arrays_have_the_promised_shapes(made: dict[str, np.ndarray]) -> None:
    assert {name: (array.shape, array.dtype.name) for name, array in made.items()} == {
        "positions": ((6, 22, 3), "float64"),
        "starts": ((6, 2), "float32"),
        "coordinates": ((6, 3, 24, 10, 3), "float32"),
        "dihedrals": ((6, 3, 24, 2), "float32"),
        "shares": ((6, 5), "float64"),
        "expected": ((6, 5), "float64"),
        "risk": ((6, 6), "float64"),
        "labels": ((6,), "int64"),
        "ambiguous": ((), "float64"),
    }


def test_labels_are_the_basins_that_starts_lie_in_and_trajectories_stay_in(made: dict[str, np.ndarray]) -> None:
    basins = BASINS[region(made["starts"])]
    assert len(np.unique(basins)) >= 2
    same = basins[:, None] == basins
    assert np.array_equal(made["labels"][:, None] == made["labels"], same)
    stays = np.array([made["shares"][row, basin == BASINS].sum() for row, basin in enumerate(basins)])
    assert (stays > 0.6).all()
    assert np.array_equal(truth_of(made["shares"]).labels, made["labels"])
    assert made["risk"][same].min() > 0.35
    assert made["risk"][~same].max() < 0.15
    np.testing.assert_allclose(np.diag(made["risk"]), 0.5)
    assert np.array_equal(made["risk"], made["risk"].T)


def test_peptide_bonds_are_trans_and_no_two_trajectories_are_the_same(made: dict[str, np.ndarray]) -> None:
    assert (np.abs(dihedral_angles(made["positions"], OMEGAS)) > np.pi / 2).all()
    ends = pair_distances(made["coordinates"][:, :, -1]).reshape(18, -1)
    assert len(np.unique(ends, axis=0)) == 18


@pytest.mark.slow
def test_the_same_seed_gives_the_same_arrays_and_further_trajectories_are_new(made: dict[str, np.ndarray]) -> None:
    again = make(0, **SMALL)
    assert all(np.array_equal(again[name], made[name]) for name in made)
    found = simulate(made["positions"], 0, [4], 2, 2, 24)
    heavy = found[:, :, :, list(HEAVY)].astype(np.float32)
    assert np.array_equal(heavy[0, 0], made["coordinates"][4, 2])
    assert np.abs(heavy[0, 1] - heavy[0, 0]).max() > 0.01


@pytest.mark.slow
def test_another_seed_gives_other_representatives(made: dict[str, np.ndarray]) -> None:
    other = make(1, **{**SMALL, "trajectories": 1, "frames": 7})
    assert np.abs(other["positions"] - made["positions"]).max() > 0.01


@pytest.mark.slow
def test_watched_too_briefly_a_basin_falls_apart(made: dict[str, np.ndarray]) -> None:
    brief = make(0, **{**SMALL, "burn_in": 0}, interval=0.02)
    assert np.array_equal(brief["positions"], made["positions"])
    assert len(np.unique(brief["labels"])) == len(np.unique(region(made["starts"])))


def test_too_short_an_exploration_is_refused() -> None:
    with pytest.raises(ValueError, match="explore longer"):
        make(0, **{**SMALL, "explored": 1})


def test_files_of_the_trajectories_give_the_same_features(made: dict[str, np.ndarray], tmp_path: Path) -> None:
    mdtraj = pytest.importorskip("mdtraj", reason="pip install 'basin-suite[molecules]'")
    molecule = mdtraj.Topology.from_openmm(topology())
    states = simulate(made["positions"], 0, range(2), 0, 2, 24).reshape(4, 24, 22, 3)
    expected = made["coordinates"][:2, :2].reshape(4, 24, 10, 3)
    mdtraj.Trajectory(states[0, :1], molecule).save(str(tmp_path / "molecule.pdb"))
    for ending, accuracy in (("dcd", 1e-6), ("xtc", 2e-3)):
        files = [tmp_path / f"{number}.{ending}" for number in range(4)]
        for trajectory, file in zip(states, files, strict=True):
            mdtraj.Trajectory(trajectory, molecule).save(str(file))
        distances = load_trajectories(files, tmp_path / "molecule.pdb")
        np.testing.assert_allclose(distances, pair_distances(expected), atol=accuracy)
        placed = load_trajectories(files, tmp_path / "molecule.pdb", features="coordinates")
        np.testing.assert_allclose(placed, aligned(expected, expected[0, 0]), atol=3 * accuracy)
        angles = dihedrals(files, tmp_path / "molecule.pdb")
        apart = angles[:, :, 0] - made["dihedrals"][:2, :2].reshape(4, 24, 2)
        assert np.abs(np.sin(apart / 2)).max() < 30 * accuracy
