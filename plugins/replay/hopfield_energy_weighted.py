"""A draw weighted by Hopfield energy."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import drawn, levels


class HopfieldEnergyWeighted(EnergySelector):
    """A draw without replacement, with probability proportional to how far the energy is above the lowest.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-weighted"
    version = "1"
    card = reconstructed("Draw weighted by Hopfield energy")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places as they are drawn."""
        energy = self.energies(candidates, context)
        return drawn((energy - energy.min()) * (levels(energy) > 0), context.rng("selection"))[:capacity]
