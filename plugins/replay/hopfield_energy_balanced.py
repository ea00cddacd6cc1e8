"""The highest Hopfield energies of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked
from ._round_robin import in_turns

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class HopfieldEnergyBalanced(EnergySelector):
    """The samples of highest energy of each class, classes in turn; the memory is that of all classes.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-balanced"
    version = "1"
    card = reconstructed("Highest Hopfield energy of each class")

    def chosen(self, energy: Tensor, labels: Tensor, capacity: int, rng: np.random.Generator) -> Tensor:
        """Return places, classes in turn and highest energy first."""
        return in_turns(ranked(energy, rng), labels)[:capacity]
