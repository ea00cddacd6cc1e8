"""A draw weighted by Hopfield energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import drawn, levels

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class HopfieldEnergyWeighted(EnergySelector):
    """A draw without replacement, with probability proportional to how far the energy is above the lowest.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-weighted"
    version = "1"
    card = reconstructed("Draw weighted by Hopfield energy")

    def chosen(self, energy: Tensor, labels: Tensor, capacity: int, rng: np.random.Generator) -> Tensor:
        """Return places as they are drawn."""
        return drawn((energy - energy.min()) * (levels(energy) > 0), rng)[:capacity]
