"""Selection by the minority score, the largest first."""

from __future__ import annotations

from pydantic import Field

from suite import Parameters
from suite.tracks.replay import Exemplars, Places, ReplayContext, ReplaySelector

from ._minority import CARD, minority_scores
from ._ranking import ranked


class MinorityScore(ReplaySelector):
    """The samples that denoising changes most: those of few others' kind.

    Reconstruction: the authors' code was not at hand. On a classifier the ideal denoiser of features stands in.
    """

    name = "minority-score"
    version = "1"
    needs = frozenset({"features"})
    uses = frozenset({"losses"})
    card = CARD

    class Parameters(ReplaySelector.Parameters):
        """Ours: the paper asks for a high noise level and few draws."""

        noise: float = Field(0.5, gt=0, lt=1, description="share of the variance that is noise")
        draws: int = Field(8, ge=1, description="noises that the error is averaged over")

    parameters: Parameters

    def select(self, candidates: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return ``capacity`` places, largest score first."""
        scores = minority_scores(candidates, context, self.parameters.noise, self.parameters.draws)
        return ranked(scores, context.rng("ties"))[:capacity]
