"""The molecule as data that are simulated, and as problems of the basins track."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Resources
from suite.data.molecular_geometry import aligned, pair_distances
from suite.extras import required_library
from suite.lazy import torch
from suite.tracks.basins.latent import BURN_IN, FRAMES, REPRESENTATIVES, TRAJECTORIES, Simulated
from suite.tracks.basins.problem import Problem

from . import _recipe as recipe
from ._dynamics import STEP, heavy

if TYPE_CHECKING:
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
        return {
            "molecule": self.name,
            "recipe": (recipe.VERSION, recipe.TEMPERATURE, recipe.INTERVAL, recipe.EXPLORED),
            "protocol": (REPRESENTATIVES, TRAJECTORIES, FRAMES, BURN_IN),
            "openmm": version("openmm"),
        }

    def compute(self) -> dict[str, Tensor]:
        """Simulate; about a minute on one core."""
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
        return round(recipe.INTERVAL / STEP) * FRAMES

    def trajectories(self, resources: Resources) -> Tensor:
        """See `Problem`."""
        return self._seen(self.latent.arrays(resources)["coordinates"].numpy(), resources)

    def further(self, representative: int, first: int, count: int, resources: Resources) -> Tensor:
        """See `Problem`."""
        positions = self.latent.arrays(resources)["positions"].numpy()
        states = recipe.simulate(positions, self.latent.seed, [representative], first, count, FRAMES)
        return self._seen(heavy(states), resources)

    def _seen(self, coordinates: NDArray[np.float32], resources: Resources) -> Tensor:
        if self.features == "distances":
            seen = pair_distances(coordinates)
        else:
            seen = aligned(coordinates, heavy(self.latent.arrays(resources)["positions"].numpy()[0]))
        return torch.from_numpy(ANGSTROMS * seen).to(resources.device)
