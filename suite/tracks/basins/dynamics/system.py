"""A system: a potential with its temperature, friction, time step, horizon, box and starting sites."""

from __future__ import annotations

from dataclasses import dataclass

from suite.tracks.basins.dynamics.potential import Potential


@dataclass(frozen=True)
class System:
    """Overdamped Langevin dynamics ``dz = -grad V / friction dt + sqrt(2 temperature / friction) dW``.

    Units are reduced: lengths and energies are the potential's, time is friction x length^2 / energy.

    Attributes:
        temperature: kT, in the potential's unit of energy.
        step: time step of the integrator.
        horizon: time over which a trajectory is watched.
        box: lowest and highest value of each coordinate; the oracle's grid spans it, embeddings scale by it.
        grid: points of the oracle's grid along each coordinate.
        sites: points around which representatives start, in turn: the minima, or points along a curved basin.
        barrier: factor on the potential.
    """

    name: str
    potential: Potential
    temperature: float
    step: float
    horizon: float
    box: tuple[tuple[float, float], ...]
    grid: int
    sites: tuple[tuple[float, ...], ...]
    friction: float = 1.0
    barrier: float = 1.0

    @property
    def dimension(self) -> int:
        """How many coordinates d there are."""
        return len(self.box)

    @property
    def scale(self) -> float:
        """Half the largest width of the box, by which embeddings divide, so that wells lie near plus and minus one."""
        return max(abs(bound) for bounds in self.box for bound in bounds) / 2

    def steps(self, frames: int) -> int:
        """Return how many integrator steps lie between two of ``frames`` evenly spaced over the horizon."""
        return max(1, round(self.horizon / frames / self.step))
