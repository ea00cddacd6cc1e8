"""A diverse buffer of a stream: the likeliest set under a determinantal point process, again for every batch."""

from __future__ import annotations

from suite.tracks.replay import Exemplars, Places, ReplayContext

from ._reselection import Reselection
from .dpp import CARD, diverse


class DPPStream(Reselection):
    """Keeps what the greedy search finds in the buffer and each batch together."""

    name = "dpp-stream"
    version = "1"
    card = CARD.model_copy(update={"title": "Determinantal point process of a stream, greedy"})

    def chosen(self, samples: Exemplars, capacity: int, context: ReplayContext) -> Places:
        """Return the places of a diverse set."""
        return diverse(context.learner.features(samples), capacity, None, context.rng("order"))
