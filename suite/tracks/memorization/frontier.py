"""The trade-off between memorization and alignment: a curve for each method, and the area under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Anchors:
    """Shares memorized and alignments with plain guidance and without any."""

    plain_memorized: float
    plain_aligned: float
    free_aligned: float

    def placed(self, memorized: Points, aligned: Points) -> Points:
        """Return shares [P] as points [P, 2] in the unit square.

        x: the part of the memorization that is gone. y: the part of the alignment by guidance that is kept.
        """
        x = 1 - memorized / max(self.plain_memorized, 1e-12)
        y = (aligned - self.free_aligned) / max(self.plain_aligned - self.free_aligned, 1e-12)
        return np.stack([x, y], axis=-1).clip(0, 1)


def envelope(points: Points) -> list[int]:
    """Return which of the points [P, 2] are corners of their upper envelope, by x; the first and the last are anchors.

    Between two corners lie mixtures of both, by a coin.
    """
    corners: list[int] = []
    for place in np.lexsort((-points[:, 1], points[:, 0])).tolist():
        if corners and points[place, 0] == points[corners[-1], 0]:
            continue  # below one at the same x
        while len(corners) > 1 and _turns_up(*(points[k] for k in (*corners[-2:], place))):
            corners.pop()
        corners.append(place)
    return corners


def with_anchors(points: Points) -> Points:
    """Return points [P + 2, 2]: plain guidance at (0, 1) before them, and none at (1, 0) behind."""
    return np.concatenate([[[0.0, 1.0]], np.reshape(points, (-1, 2)), [[1.0, 0.0]]])


def frontier_score(points: Points) -> float:
    """Return 2 A - 1 for a sweep's points [P, 2], where A is the area under the envelope of them and both anchors."""
    every = with_anchors(points)
    corners = every[envelope(every)]
    across, up = corners.T
    return float((np.diff(across) * (up[1:] + up[:-1])).sum() - 1)  # np.trapezoid came with NumPy 2


def along(points: Points, values: Points, x: float) -> float:
    """Return the value at x of a quantity that has ``values`` [P] at points [P, 2], along their envelope."""
    corners = envelope(points)
    return float(np.interp(x, points[corners, 0], values[corners]))


def reached(points: Points, y: float) -> float:
    """Return the largest x at which the envelope of points [P, 2] is still as high as y."""
    corners = points[envelope(points)][::-1]
    return float(np.interp(y, corners[:, 1], corners[:, 0]))


def _turns_up(a: Points, b: Points, c: Points) -> bool:
    """Tell whether b lies on or below the line from a to c."""
    return bool((b[0] - a[0]) * (c[1] - a[1]) >= (b[1] - a[1]) * (c[0] - a[0]))
