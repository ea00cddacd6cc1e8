"""The stability gap as numbers: how deep a change of task cuts into what was learned, and how long that lasts.

After De Lange, van de Ven and Tuytelaars 2023, who draw it; depth and time of recovery are our definition. It takes any
`Curve`: those of split streams have a column for each task, those of streams without boundaries one for each class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suite.tracks.replay.stream.accuracy import Curve

RECOVERED = 0.95
"""Of the accuracy before a change: there it counts as recovered."""


@dataclass(frozen=True)
class Gap:
    """What one change does to the mean accuracy on all that was met before it.

    Attributes:
        start: steps of the learner before the change; ``length``: steps until the next change, or the end.
        before, lowest: the accuracy at the last point before the change, and at the lowest point until the next.
        recovery: steps from the change until, after the lowest point, `RECOVERED` of ``before`` is there again; 0 where
            it never fell below that, None where it is not there again before the next change.
    """

    start: int
    length: int
    before: float
    lowest: float
    recovery: int | None

    @property
    def depth(self) -> float:
        """How far the accuracy falls, at least 0."""
        return max(self.before - self.lowest, 0.0)


def stability_gaps(curve: Curve) -> list[Gap]:
    """Return the gap after each change of what is trained on, in the order of the stream."""
    gaps = []
    for start in np.flatnonzero(np.diff(curve.training)):
        met = ~np.isnan(curve.values[start])
        during = np.flatnonzero(curve.training == curve.training[start + 1])
        before, values = float(curve.values[start, met].mean()), curve.values[during][:, met].mean(axis=1)
        steps = curve.steps[during] - curve.steps[start]
        enough, deepest = values >= RECOVERED * before, int(values.argmin())
        back = np.flatnonzero(enough[deepest:])
        recovery = 0 if enough.all() else int(steps[deepest + back[0]]) if len(back) else None
        gaps.append(Gap(int(curve.steps[start]), int(steps[-1]), before, float(values.min()), recovery))
    return gaps


def gap_depth(curve: Curve) -> float:
    """Mean over changes of how far the mean accuracy on all classes met before falls below what it was at the last
    evaluation before the change, at its lowest until the next change; at least 0 each.
    """
    return float(np.mean([gap.depth for gap in stability_gaps(curve)]))


def gap_recovery(curve: Curve) -> float:
    """Mean over changes of the steps from a change until, after the lowest point, 95 % of the accuracy before it are
    there again: 0 where it never fell below, and where it is not there before the next change, the steps until that.
    """
    gaps = stability_gaps(curve)
    return float(np.mean([gap.length if gap.recovery is None else gap.recovery for gap in gaps]))


def gap_recovered(curve: Curve) -> float:
    """Share of the changes after which 95 % of the accuracy before are there again before the next change."""
    return float(np.mean([gap.recovery is not None for gap in stability_gaps(curve)]))
