"""The largest minority scores of a stream."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._minority import CARD, minority_scores
from ._ranking import ranked
from ._reselection import Reselection


class MinorityScoreStream(Reselection):
    """Keeps the largest minority scores among the buffer and each batch, which is ours.

    Reconstruction: the authors' code was not at hand. The ideal denoiser of features stands in for a denoiser.
    """

    name = "minority-score-stream"
    version = "1"
    card = CARD.model_copy(update={"title": "Minority score of a stream (reconstruction)"})

    def chosen(self, samples: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return the places of the largest scores."""
        scores = minority_scores(samples, context, noise=0.5, draws=8)
        return ranked(scores, context.rng("ties"))[:capacity]
