"""Selection by modern Hopfield energy.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from .energy_selection import EnergySelector, reconstructed
from .ranking import drawn, levels, ranked
from .strata import stratified
from .turns import in_turns

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


class HopfieldEnergyBottom(EnergySelector):
    """The samples of lowest energy, which should do worse than a random choice if the highest do better.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    name = "hopfield-energy-bottom"
    version = "1"
    card = reconstructed("Lowest Hopfield energy, the control")

    def chosen(self, energy: Tensor, labels: Tensor, capacity: int, rng: np.random.Generator) -> Tensor:
        """Return places, lowest energy first."""
        return ranked(-energy, rng)[:capacity]


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

    def chosen(self, energy: Tensor, labels: Tensor, capacity: int, rng: np.random.Generator) -> Tensor:
        """Return places in random order."""
        left_out = min(int(self.parameters.cutoff * len(energy)), len(energy) - capacity)
        kept = ranked(-energy, rng)[: len(energy) - left_out]
        return kept[stratified(energy[kept], capacity, self.parameters.strata, rng)]


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
