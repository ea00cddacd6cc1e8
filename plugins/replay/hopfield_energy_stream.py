"""The highest Hopfield energies of a stream."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._energy_selection import reconstructed
from ._ranking import ranked
from ._reselection import Reselection


class HopfieldEnergyStream(Reselection):
    """Keeps the highest energies among the buffer and each batch. That it goes on without task ends is ours.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-stream"
    version = "1"
    card = reconstructed("Highest Hopfield energy of a stream")

    def chosen(self, samples: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return the places of the highest energies."""
        return ranked(context.energies(samples), context.rng("selection"))[:capacity]
