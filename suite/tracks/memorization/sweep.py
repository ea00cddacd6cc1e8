"""A sweep: means at each point and at both anchors, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from suite.tracks.memorization import metrics
from suite.tracks.memorization.frontier import Anchors, along, frontier_score, reached, with_anchors

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """Means at plain guidance, at the P points, and without guidance [P + 2], of those points that count.

    Attributes:
        memorized, aligned, cosine: see the metrics of these names.
        inside: whether each of the method's own points is in the gate, all of them [points].
    """

    memorized: Numbers
    aligned: Numbers
    cosine: Numbers
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, means: Mapping[str, Numbers]) -> Self:
        """Return the sweep of these means by metric [points + 2], of which those outside the gate do not count."""
        real, others = means[metrics.REAL.name], means[metrics.OTHERS.name]
        inside = real[1:-1] <= metrics.GATE * real[-1]
        inside &= others[1:-1] <= max(metrics.GATE * others[-1], metrics.FEW)
        kept = np.concatenate([[True], inside, [True]])
        memorized, aligned, cosine = (
            means[metric.name][kept] for metric in (metrics.MEMORIZED, metrics.ALIGNED, metrics.COSINE)
        )
        return cls(memorized, aligned, cosine, inside)

    @property
    def anchors(self) -> Anchors:
        """Plain guidance and none."""
        return Anchors(float(self.memorized[0]), float(self.aligned[0]), float(self.aligned[-1]))

    @property
    def placed(self) -> Numbers:
        """The points that count, and the anchors, in the unit square [P + 2, 2]."""
        return with_anchors(self.anchors.placed(self.memorized[1:-1], self.aligned[1:-1]))

    def value(self, metric: str) -> float | None:
        """Return a metric of the sweep, or None where it has none."""
        anchors, placed = self.anchors, self.placed
        if metric == metrics.FRONTIER.name:
            return frontier_score(placed[1:-1])
        if metric == metrics.IN_GATE.name:
            return float(self.inside.sum())
        there = float(np.clip(1 - metrics.MEMORIZED_THERE / max(anchors.plain_memorized, 1e-12), 0, 1))
        if metric == metrics.ALIGNMENT_AT.name:
            return along(placed, self.aligned, there)
        if metric == metrics.COSINE_AT.name:
            return along(placed, self.cosine, there)
        if metric == metrics.MEMORIZED_AT.name:
            gained = anchors.plain_aligned - anchors.free_aligned
            wanted = (metrics.ALIGNED_THERE - anchors.free_aligned) / max(gained, 1e-12)
            return None if wanted > 1 else float((1 - reached(placed, wanted)) * anchors.plain_memorized)
        return None
