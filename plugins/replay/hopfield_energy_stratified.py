"""Hopfield energies from all of their range."""

from __future__ import annotations

from pydantic import Field

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._energy_selection import EnergySelector, reconstructed
from ._ranking import ranked
from ._strata import stratified


class HopfieldEnergyStratified(EnergySelector):
    """Samples of all energies, in equally wide strata as `CCS` has them.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-stratified"
    version = "1"
    card = reconstructed("Stratified Hopfield energy")

    class Parameters(EnergySelector.Parameters):
        """Strata as in CCS; ours throughout."""

        cutoff: float = Field(
            0.0, ge=0, lt=1, description="share of highest energy left out; less where too few samples would remain"
        )
        strata: int = Field(50, ge=1, description="in how many equally wide intervals of the energy")

    parameters: Parameters

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places in random order."""
        energy, rng = self.energies(candidates, context), context.rng("selection")
        left_out = min(int(self.parameters.cutoff * len(energy)), len(energy) - capacity)
        kept = ranked(-energy, rng)[: len(energy) - left_out]
        return kept[stratified(energy[kept], capacity, self.parameters.strata, rng)]
