"""Selection by modern Hopfield energy: what the family shares."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Parameters
from suite.lazy import torch
from suite.tracks.replay import Exemplars, ReplayContext, ReplaySelector, Space


def reconstructed(title: str) -> Card:
    """Return the card of a member of the family."""
    return Card(
        title=f"{title} (reconstruction)",
        status="reconstruction",
        paper="Continual Learning in Modern Hopfield Networks with an Application to Diffusion Models",
        authors="Takeda, Oizumi, Karakida",
        year=2026,
        url="https://arxiv.org/abs/2605.27975",
        note="Reconstruction: the authors' formula was not available. "
        "Hopfield-energy replay after Takeda et al., re-derived.",
    )


class EnergySelector(ReplaySelector):
    """Selects by each candidate's energy in the memory of all the others; see `suite.tracks.replay.hopfield.energies`.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    needs = frozenset({"features"})

    class Parameters(ReplaySelector.Parameters):
        """Ours throughout."""

        beta: float | None = Field(
            None,
            gt=0,
            description="inverse temperature; None: the model's, or that of a largest weight of 0.5 on average",
        )
        space: Space = Field("features", description="which vectors are the patterns")
        normalise: bool = Field(False, description="whether these are centred and scaled to unit length")

    parameters: Parameters

    def energies(self, candidates: Exemplars, context: ReplayContext) -> torch.Tensor:
        """Return the energy of each candidate [N], by the parameters."""
        return context.energies(candidates, **self.parameters.model_dump(include={"beta", "space", "normalise"}))
