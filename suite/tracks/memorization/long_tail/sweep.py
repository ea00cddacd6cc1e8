"""A sweep over three groups of captions: special ones, and ordinary ones that are frequent or rare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from suite.tracks.memorization import metrics
from suite.tracks.memorization.frontier import along, frontier_score
from suite.tracks.memorization.long_tail.metrics import COSTS, WORST
from suite.tracks.memorization.sweep import Numbers, Sweep


@dataclass(frozen=True)
class TailSweep:
    """The sweep of special captions, and what the same strengths do to others.

    Attributes:
        special: the sweep of special captions.
        aligned: by group, the alignment at plain guidance, at all P points, and without guidance [P + 2].
    """

    special: Sweep
    aligned: Mapping[str, Numbers]

    def counted(self, group: str) -> Numbers:
        """Return the alignment of a group at both anchors and at the points that are in the gate."""
        counted: Numbers = self.aligned[group][np.concatenate([[True], self.special.inside, [True]])]
        return counted

    def kept(self, group: str) -> Numbers:
        """Return the part of the alignment by guidance that a group keeps, in 0 to 1, at the same points."""
        aligned = self.counted(group)
        kept: Numbers = ((aligned - aligned[-1]) / max(aligned[0] - aligned[-1], 1e-12)).clip(0, 1)
        return kept

    def value(self, metric: str) -> float | None:
        """Return a metric of the sweep, or None where it has none."""
        placed = self.special.placed
        if metric == WORST.name:
            least = np.min([placed[:, 1], *(self.kept(group) for group in self.aligned)], axis=0)
            return frontier_score(np.stack([placed[:, 0], least], axis=1)[1:-1])
        for group, cost in COSTS.items():
            if metric == cost.name:
                plain = max(self.special.anchors.plain_memorized, 1e-12)
                there = float(np.clip(1 - metrics.MEMORIZED_THERE / plain, 0, 1))
                return float(self.aligned[group][0] - along(placed, self.counted(group), there))
        return self.special.value(metric)
