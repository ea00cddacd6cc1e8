"""The metrics of the associative memory."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.replay.cost import COSTS

AFTER = Metric(
    name="energy_rise",
    direction="lower",
    unit="nats/beta",
    definition="Forgetting with replay: mean over old patterns and random changes of the memory X into Y of "
    "E(x* | Y + S) - E(x* | X + S), where S is what is replayed and x* the fixed point of X that the pattern leads to. "
    "S stands on both sides, so that merely storing a pattern twice gains nothing.",
)
INTRINSIC = Metric(
    name="intrinsic_forgetting",
    direction="lower",
    unit="nats/beta",
    definition="Forgetting without replay: mean over old patterns and changes of E(x* | Y) - E(x* | X); the same for "
    "every method.",
)
GAIN = Metric(
    name="net_replay_gain",
    direction="higher",
    unit="nats/beta",
    definition="Intrinsic forgetting minus forgetting with replay.",
)
METRICS = (AFTER, GAIN, INTRINSIC, *COSTS)
