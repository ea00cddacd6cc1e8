"""The highest Hopfield energies."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked


class HopfieldEnergy(EnergySelector):
    """The samples of highest energy: the isolated ones.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy"
    version = "1"
    card = reconstructed("Highest Hopfield energy")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, highest energy first."""
        return ranked(self.energies(candidates, context), context.rng("selection"))[:capacity]
