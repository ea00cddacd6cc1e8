"""No replay, the lower bound."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Bound


class NoReplay(Bound):
    """Learns from what comes, and from nothing else."""

    name = "no-replay"
    version = "1"
    regime = "no replay"
    card = Card(title="No replay (lower bound)", status="baseline")
