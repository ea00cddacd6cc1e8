"""The molecule's dynamics with OpenMM: Amber ff14SB, implicit solvent OBC2, Langevin thermostat.

Everything runs on OpenMM's reference platform: double precision, one thread, the same numbers for the same seeds on
one machine. For 22 atoms it is also the fastest platform on a CPU.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suite.extras import required_library
from suite.hashing import digest

from ._structure import ELEMENTS, HEAVY, topology

STEP = 0.004  # ps; hydrogens of threefold mass allow it (Hopkins et al. 2015)
FRICTION = 1.0  # 1/ps
HYDROGEN_MASS = 3.0  # daltons, taken from the atom that the hydrogen is bound to
RADII = {"H": 0.12, "C": 0.17, "N": 0.155, "O": 0.15}  # nm; Bondi's
RADIUS_OF_AMIDE_HYDROGEN = 0.13  # nm; mbondi2 of Onufriev, Bashford and Case 2004
SCREENING = {"H": 0.85, "C": 0.72, "N": 0.79, "O": 0.85}


class Dynamics:
    """Langevin dynamics at one temperature, in kelvin.

    Raises:
        SuiteError: OpenMM is not installed.
    """

    def __init__(self, temperature: float) -> None:
        self.temperature = temperature
        self._openmm = required_library("openmm")

    @cached_property
    def _context(self) -> Any:
        openmm = self._openmm
        integrator = openmm.LangevinMiddleIntegrator(self.temperature, FRICTION, STEP)
        return openmm.Context(molecular_system(), integrator, openmm.Platform.getPlatformByName("Reference"))

    def start(self, coordinates: NDArray[np.float64], *key: int | str) -> None:
        """Put the atoms at ``coordinates`` [22, 3] (nm) with thermal velocities.

        Velocities and all that follows depend on ``key`` and the coordinates, and on nothing that was run before.
        """
        velocities, noise = (int(digest([*key, role])[:8], 16) % (2**31 - 1) + 1 for role in ("velocities", "noise"))
        self._context.getIntegrator().setRandomNumberSeed(noise)
        self._context.reinitialize()  # the seed counts from here
        self._context.setPositions(coordinates)
        self._context.setVelocitiesToTemperature(self.temperature, velocities)

    def minimise(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the nearest minimum of the energy [22, 3]."""
        self._context.setPositions(coordinates)
        self._openmm.LocalEnergyMinimizer.minimize(self._context)
        return self._coordinates()

    def run(self, frames: int, interval: float) -> NDArray[np.float64]:
        """Return the next ``frames`` states [frames, 22, 3] in nm, ``interval`` ps apart, the first after as much."""
        states = np.empty((frames, len(ELEMENTS), 3))
        for frame in range(frames):
            self._context.getIntegrator().step(max(1, round(interval / STEP)))
            states[frame] = self._coordinates()
        return states

    def energy(self, coordinates: NDArray[np.float64]) -> float:
        """Return the potential energy in kJ/mol."""
        self._context.setPositions(coordinates)
        return float(self._context.getState(getEnergy=True).getPotentialEnergy()._value)

    def _coordinates(self) -> NDArray[np.float64]:
        state = self._context.getState(getPositions=True)
        return np.array(state.getPositions(asNumpy=True)._value, dtype=np.float64)


def molecular_system() -> Any:
    """Return the ``openmm.System``.

    The solvent is `GBSAOBCForce`, which has code of its own on every platform; the force field's file for OBC2 gives
    the same energies through a custom force that takes 28 times as long.
    """
    openmm = required_library("openmm")
    from openmm import app

    system = app.ForceField("amber14/protein.ff14SB.xml").createSystem(
        topology(),
        nonbondedMethod=app.NoCutoff,
        constraints=app.HBonds,
        hydrogenMass=HYDROGEN_MASS,
        removeCMMotion=False,
    )
    charges = next(force for force in system.getForces() if isinstance(force, openmm.NonbondedForce))
    bonds = [(bond.atom1.index, bond.atom2.index) for bond in topology().bonds()]
    amide = {max(pair) for pair in bonds if sorted(ELEMENTS[index] for index in pair) == ["H", "N"]}
    solvent = openmm.GBSAOBCForce()
    for index, element in enumerate(ELEMENTS):
        radius = RADIUS_OF_AMIDE_HYDROGEN if index in amide else RADII[element]
        solvent.addParticle(charges.getParticleParameters(index)[0], radius, SCREENING[element])
    system.addForce(solvent)
    return system


def heavy(coordinates: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the heavy atoms' coordinates [..., 10, 3] of all atoms' [..., 22, 3]."""
    return coordinates[..., list(HEAVY), :].astype(np.float32)
