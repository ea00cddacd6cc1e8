"""The lowest Hopfield energies, the control of the highest."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked


class HopfieldEnergyBottom(EnergySelector):
    """The samples of lowest energy, which should do worse than a random choice if the highest do better.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-bottom"
    version = "1"
    standing = "reference"
    card = reconstructed("Lowest Hopfield energy, the control")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, lowest energy first."""
        return ranked(-self.energies(candidates, context), context.rng("selection"))[:capacity]
