"""The reservoir."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Buffer, Exemplars, MemoryUpdate, Places, ReplayContext
from suite.tracks.replay.roles import reservoir_slots


class Reservoir(MemoryUpdate):
    """At every moment a uniform sample of all that came: the n-th sample, from 0, takes a random slot of n + 1.

    Source: Vitter 1985, algorithm R.
    """

    name = "reservoir"
    version = "1"
    card = Card(title="Reservoir", status="baseline", note="Algorithm R (Vitter 1985).")

    def update(self, batch: Exemplars, buffer: Buffer, context: ReplayContext) -> Places:
        """Return the slot of each sample [B], or -1."""
        return reservoir_slots(len(batch), context.seen, buffer.capacity, context.rng("reservoir"))
