"""The metrics of the associative memory."""

from __future__ import annotations

from suite.contracts import Metric
from suite.tracks.replay.cost import COSTS

MEAN = "mean"
"""The subset of all memories, each of which counts once."""

RISE = Metric(
    name="energy_rise",
    direction="lower",
    unit="1e-3",
    definition="Forgetting with replay, in thousandths: mean over old patterns and random changes of the memory X into "
    "Y of E(x* | Y + S) - E(x* | X + S), where S is what is replayed and x* the fixed point of X that the pattern "
    "leads to. S stands on both sides, so that merely storing a pattern twice gains nothing.",
)
INTRINSIC = Metric(
    name="intrinsic_forgetting",
    direction="lower",
    unit="1e-3",
    definition="Forgetting without replay, in thousandths: mean over old patterns and changes of E(x* | Y) - "
    "E(x* | X); the same for every method.",
)
GAIN = Metric(
    name="net_replay_gain",
    direction="higher",
    unit="1e-3",
    definition="Intrinsic forgetting minus forgetting with replay, in thousandths.",
)
METRICS = (RISE, GAIN, INTRINSIC, *COSTS)
