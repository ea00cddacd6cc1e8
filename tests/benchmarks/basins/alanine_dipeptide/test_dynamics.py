"""The molecule's dynamics: the force field's own energies, the same numbers for the same key, the right temperature."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from suite.benchmarks.basins.alanine_dipeptide._dynamics import Dynamics, heavy
from suite.benchmarks.basins.alanine_dipeptide._structure import atoms, conformation, topology

openmm: Any = pytest.importorskip("openmm", reason="pip install 'basin-suite[molecules]'")


@pytest.fixture(scope="module")
def dynamics() -> Dynamics:
    return Dynamics(300.0)


@pytest.fixture(scope="module")
def start(dynamics: Dynamics) -> np.ndarray:
    return dynamics.minimise(conformation(-75, 150))


@pytest.mark.parametrize("angles", [(-75, 150), (-75, -20), (55, 40)])
def test_energies_are_those_of_the_force_field_with_its_own_file_for_the_solvent(
    angles: tuple[float, float], dynamics: Dynamics
) -> None:
    from openmm import app

    field = app.ForceField("amber14/protein.ff14SB.xml", "implicit/obc2.xml")
    system = field.createSystem(topology(), nonbondedMethod=app.NoCutoff, constraints=app.HBonds)
    platform = openmm.Platform.getPlatformByName("Reference")
    context = openmm.Context(system, openmm.VerletIntegrator(0.001), platform)
    context.setPositions(conformation(*angles))
    expected = context.getState(getEnergy=True).getPotentialEnergy()._value
    assert dynamics.energy(conformation(*angles)) == pytest.approx(expected, abs=0.02)  # kJ/mol; radii are rounded
    assert abs(expected) > 10


def test_a_trajectory_follows_from_its_key_whatever_ran_before(dynamics: Dynamics, start: np.ndarray) -> None:
    def run(*key: int | str) -> np.ndarray:
        dynamics.start(start, *key)
        return dynamics.run(3, 0.1)

    first = run(0, "trajectory", 1)
    assert first.shape == (3, 22, 3)
    others = [run(1, "trajectory", 1), run(0, "trajectory", 2), run(0, "other", 1)]
    assert all(np.abs(first - other).max() > 1e-3 for other in others)
    assert np.array_equal(run(0, "trajectory", 1), first)
    fresh = Dynamics(300.0)
    fresh.start(start, 0, "trajectory", 1)
    assert np.array_equal(fresh.run(3, 0.1), first)


def test_running_in_parts_is_running_at_once(dynamics: Dynamics, start: np.ndarray) -> None:
    dynamics.start(start, 0)
    parts = np.concatenate([dynamics.run(1, 0.1), dynamics.run(2, 0.1)])
    dynamics.start(start, 0)
    assert np.array_equal(dynamics.run(3, 0.1), parts)


@pytest.mark.slow
def test_bonds_vibrate_as_the_temperature_says(start: np.ndarray) -> None:
    """A stiff bond's variance is kT / k by equipartition; k of C=O is 570 kcal/mol/A^2 in U = k x^2."""
    carbon, oxygen = atoms("ALA C", "ALA O")
    for temperature in (100.0, 400.0):
        dynamics = Dynamics(temperature)
        dynamics.start(start, 3)
        dynamics.run(1, 5.0)
        states = dynamics.run(4000, 0.02)
        lengths = np.linalg.norm(states[:, carbon] - states[:, oxygen], axis=1)
        expected = 0.0019872 * temperature / (2 * 570) * 0.01  # nm^2
        assert np.var(lengths) == pytest.approx(expected, rel=0.25)


def test_heavy_atoms_are_those_without_hydrogens(start: np.ndarray) -> None:
    found = heavy(start[None])
    assert (found.shape, found.dtype) == ((1, 10, 3), np.float32)
    np.testing.assert_allclose(found[0, 0], start[atoms("ACE CH3")[0]], atol=1e-6)
