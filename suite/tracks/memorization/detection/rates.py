"""How well scores tell suspicious samples from others: exact functions of scores and labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]


def auroc(scores: Scores, suspicious: Labels) -> float:
    """Return the chance that a suspicious sample scores higher than another [N]; ties count half.

    Raises:
        ValueError: all samples are of one kind.
    """
    from scipy.stats import rankdata

    positives = int(suspicious.sum())
    negatives = len(suspicious) - positives
    if not positives or not negatives:
        raise ValueError(f"{positives} samples are suspicious and {negatives} are not")
    ranks = rankdata(scores)[suspicious].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def found_at(scores: Scores, suspicious: Labels, flagged: float) -> float:
    """Return the share of suspicious samples that are flagged when at most ``flagged`` of the others are."""
    return float((scores[suspicious] > threshold(scores[~suspicious], flagged)).mean())


def threshold(scores: Scores, flagged: float) -> float:
    """Return the lowest of the scores [N] above which at most ``flagged`` of them are; those at it are not flagged."""
    descending = np.sort(scores)[::-1]
    return float(descending[min(int(np.floor(flagged * len(scores) + 1e-9)), len(scores) - 1)])
