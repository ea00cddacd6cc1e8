"""The lowest Hopfield energies, the control of the highest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class HopfieldEnergyBottom(EnergySelector):
    """The samples of lowest energy, which should do worse than a random choice if the highest do better.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-bottom"
    version = "1"
    standing = "reference"
    card = reconstructed("Lowest Hopfield energy, the control")

    def chosen(self, energy: Tensor, labels: Tensor, capacity: int, rng: np.random.Generator) -> Tensor:
        """Return places, lowest energy first."""
        return ranked(-energy, rng)[:capacity]
