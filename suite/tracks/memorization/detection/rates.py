"""How well scores tell suspicious samples from others: exact functions of scores and labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from suite.measures import detection

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]


def auroc(scores: Scores, suspicious: Labels) -> float:
    """Return the chance that a suspicious sample scores higher than another [N]; ties count half.

    Raises:
        ValueError: all samples are of one kind.
    """
    if suspicious.all() or not suspicious.any():
        raise ValueError(f"{suspicious.sum()} samples are suspicious and {(~suspicious).sum()} are not")
    return detection.auroc(scores[suspicious], scores[~suspicious])


def found_at(scores: Scores, suspicious: Labels, flagged: float) -> float:
    """Return the share of suspicious samples that are flagged when at most ``flagged`` of the others are."""
    return float((scores[suspicious] > threshold(scores[~suspicious], flagged)).mean())


def threshold(scores: Scores, flagged: float) -> float:
    """Return the lowest of the scores [N] above which at most ``flagged`` of them are; those at it are not flagged."""
    descending = np.sort(scores)[::-1]
    return float(descending[min(int(np.floor(flagged * len(scores) + 1e-9)), len(scores) - 1)])
