"""Basins of a molecule: alanine dipeptide, simulated with OpenMM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from suite.contracts import Resources
from suite.data.molecular import required_library
from suite.data.molecular_geometry import aligned, pair_distances
from suite.tracks.basins.latent import BURN_IN, FRAMES, REPRESENTATIVES, TRAJECTORIES, Simulated
from suite.tracks.basins.problem import Problem
from suite.tracks.basins.protocol import BasinTask

from . import _dynamics as dynamics
from . import _recipe as recipe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

ANGSTROMS = 10.0  # in a nanometre


@dataclass(frozen=True)
class AlanineDipeptide(Simulated):
    """The molecule's trajectories of a seed; see `recipe.make` for the arrays."""

    seed: int
    name = "alanine-dipeptide"

    @property
    def definition(self) -> dict[str, Any]:
        """The recipe, the protocol and OpenMM's version.

        Raises:
            SuiteError: OpenMM is not installed.
        """
        required_library("openmm")
        from importlib.metadata import version

        return {
            "molecule": self.name,
            "recipe": (recipe.VERSION, recipe.TEMPERATURE, recipe.INTERVAL, recipe.EXPLORED),
            "protocol": (REPRESENTATIVES, TRAJECTORIES, FRAMES, BURN_IN),
            "openmm": version("openmm"),
        }

    def make(self) -> dict[str, Tensor]:
        """Simulate; about a minute on one core."""
        import torch

        counts = {"representatives": REPRESENTATIVES, "trajectories": TRAJECTORIES, "frames": FRAMES}
        made = recipe.make(self.seed, **counts, burn_in=BURN_IN, explored=recipe.EXPLORED)
        return {name: torch.from_numpy(array) for name, array in made.items()}


@dataclass(frozen=True)
class Molecule(Problem):
    """The heavy atoms of the molecule: distances of all pairs, or coordinates aligned to the first representative.

    In angstroms, so that what moves moves by about one.
    """

    latent: AlanineDipeptide
    features: Literal["distances", "coordinates"]

    @property
    def name(self) -> str:
        """Features and molecule."""
        return f"{self.features}/{self.latent.name}"

    @property
    def steps(self) -> int:
        """Integrator steps of one trajectory."""
        return round(recipe.INTERVAL / dynamics.STEP) * FRAMES

    def trajectories(self, resources: Resources) -> Tensor:
        """See `Problem`."""
        return self._seen(self.latent.arrays(resources)["coordinates"].numpy(), resources)

    def further(self, representative: int, first: int, count: int, resources: Resources) -> Tensor:
        """See `Problem`."""
        positions = self.latent.arrays(resources)["positions"].numpy()
        states = recipe.simulate(positions, self.latent.seed, [representative], first, count, FRAMES)
        return self._seen(dynamics.heavy(states), resources)

    def _seen(self, coordinates: NDArray[np.float32], resources: Resources) -> Tensor:
        import torch

        if self.features == "distances":
            seen = pair_distances(coordinates)
        else:
            seen = aligned(coordinates, dynamics.heavy(self.latent.arrays(resources)["positions"].numpy()[0]))
        return torch.from_numpy(ANGSTROMS * seen).to(resources.device)


class AlanineDipeptideTask(BasinTask):
    """Alanine dipeptide by distances and by aligned coordinates of its heavy atoms."""

    id = "basins/alanine-dipeptide"
    version = "1"
    tier = "standard"
    title = "Basins of alanine dipeptide"
    summary = (
        "Alanine dipeptide (ACE-ALA-NME) in Amber ff14SB with implicit solvent OBC2, Langevin dynamics at 200 K, made "
        "with OpenMM from a seed (pip install 'basin-suite[molecules]'), nothing downloaded. 16 representatives, "
        "explored at 1,000 K and relaxed, four from each of the basins beta, alpha R, alpha L and the mirror image of "
        "PII; 16 trajectories from each, 24 frames over 12 ps, of which 6 are burn-in. Shown as the distances of all "
        "pairs of heavy atoms (45 dimensions) and as their coordinates, aligned (30), in angstroms; the dihedral "
        "angles phi and psi, in which the basins lie, are not shown. Relaxation within beta takes 3.4 ps, within the "
        "others less than 0.5 ps; escape takes more than 300 ps, from PII's mirror image 38 ps. The truth is a Markov "
        "model of five regions of the (phi, psi) plane, counted in all trajectories: it gives the total variation "
        "between representatives after burn-in, and those with a risk above 1/4 share a basin. Unlike the other "
        "tasks' oracle it is an estimate, and its risk an upper bound on the exact one where a region has not relaxed."
    )
    seeds = (0, 1)
    systems = ("alanine-dipeptide",)
    features: tuple[Literal["distances", "coordinates"], ...] = ("distances", "coordinates")
    subsets = ("mean", *features, *(f"{each}/alanine-dipeptide" for each in features))

    def problems(self, seed: int, systems: Sequence[str]) -> list[Molecule]:
        """Return both views of the molecule."""
        return [Molecule(AlanineDipeptide(seed), features) for features in self.features]

    def requires(self, seed: int) -> tuple[AlanineDipeptide, ...]:
        """Return the seed's trajectories of the molecule."""
        return (AlanineDipeptide(seed),)
