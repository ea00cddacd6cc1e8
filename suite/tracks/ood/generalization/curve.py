"""Accuracy along a dial: where a network fails, and where two of them change places."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def failure_point(severities: Numbers, accuracies: Numbers, share: float) -> Numbers:
    """Return the least severity at which an accuracy falls under a share [...], of accuracies [..., S] at S severities.

    Between the severities measured the accuracy is taken for a straight line. The result is the first severity where
    it is under the share from the start, and the last one where it never falls under it.
    """
    severities, accuracies = np.asarray(severities, dtype=np.float64), np.asarray(accuracies, dtype=np.float64)
    under = accuracies < share
    first = np.where(under.any(axis=-1), under.argmax(axis=-1), len(severities) - 1)
    before = np.maximum(first - 1, 0)
    over, at = (np.take_along_axis(accuracies, place[..., None], axis=-1)[..., 0] for place in (before, first))
    fall = np.where(over > at, over - at, 1.0)
    way = np.clip((over - share) / fall, 0.0, 1.0)
    crossed = severities[before] + way * (severities[first] - severities[before])
    return np.asarray(np.where(under.any(axis=-1), crossed, severities[-1]))


def crossings(severities: Numbers, one: Numbers, other: Numbers) -> list[float]:
    """Return the severities at which two curves of accuracy [S] change places, straight lines between those measured.

    Curves that touch and part again on the same sides do not cross; where they are equal for a while and then change
    places, the crossing is in the middle.
    """
    lead = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    apart = np.flatnonzero(lead)
    found = []
    for left, right in pairwise(apart):
        if lead[left] * lead[right] < 0:
            ends = (severities[left], severities[right])
            equal = right - left > 1
            way = 0.5 if equal else lead[left] / (lead[left] - lead[right])
            start, end = (severities[left + 1], severities[right - 1]) if equal else ends
            found.append(float(start + way * (end - start)))
    return found
