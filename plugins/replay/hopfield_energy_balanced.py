"""The highest Hopfield energies of each class."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked
from ._round_robin import in_turns


class HopfieldEnergyBalanced(EnergySelector):
    """The samples of highest energy of each class, classes in turn; the memory is that of all classes.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-balanced"
    version = "1"
    card = reconstructed("Highest Hopfield energy of each class")

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, classes in turn and highest energy first."""
        order = ranked(self.energies(candidates, context), context.rng("selection"))
        return in_turns(order, candidates.labels)[:capacity]
