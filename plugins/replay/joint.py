"""Joint training, the upper bound."""

from __future__ import annotations

from suite import Card
from suite.tracks.replay import Bound


class Joint(Bound):
    """Learns from everything so far, without a budget."""

    name = "joint"
    version = "1"
    regime = "joint"
    card = Card(title="Joint training (upper bound)", status="baseline")
