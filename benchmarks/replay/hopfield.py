"""The closed-form memory: what is forgotten and what replay gains is known exactly."""

from __future__ import annotations

from suite import Cost
from suite.tracks.replay.associative.memory import Memory
from suite.tracks.replay.associative.protocol import AssociativeTask
from suite.tracks.replay.denoising.protocol import RECONSTRUCTION


class HopfieldTask(AssociativeTask):
    """Two memories of clusters and isolated patterns, turned at random.

    Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
    """

    id = "replay/hopfield"
    version = "1"
    tier = "embedded"
    title = "Replay in a Hopfield network"
    summary = (
        f"{RECONSTRUCTION} A modern Hopfield network (beta 8, 50 dimensions) holds unit patterns; a change of task "
        "turns all of them by a small random rotation (size 0.05, 200 a seed), and a few old ones are kept beside "
        "the new. How far the energy of old fixed points rises is exact. `equiangular` has a cluster of 12 "
        "patterns with inner products 0.35 and an outlier, of which 3 are replayed; `mixed` has clusters of 12, 6 "
        "and 3 and 6 isolated patterns, of which 6 are replayed. Outliers rise more than clusters on average over "
        "changes, not in each. Groups stand apart: what high-energy replay gains, it gains on isolated patterns."
    )
    seeds = tuple(range(10))
    cost = Cost(preparation=0.0, cell=0.2)
    tour = ({},)
    memories = (
        Memory("equiangular", clusters=(12,), isolated=1, capacity=3),
        Memory("mixed", clusters=(12, 6, 3), isolated=6, capacity=6),
    )
