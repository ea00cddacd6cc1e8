"""The highest Hopfield energies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class HopfieldEnergy(EnergySelector):
    """The samples of highest energy: the isolated ones.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy"
    version = "1"
    card = reconstructed("Highest Hopfield energy")

    def chosen(self, energy: Tensor, labels: Tensor, capacity: int, rng: np.random.Generator) -> Tensor:
        """Return places, highest energy first."""
        return ranked(energy, rng)[:capacity]
