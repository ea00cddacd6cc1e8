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
    """Return the share of suspicious samples that are flagged when at most ``flagged`` of the others are.

    The threshold is the lowest score above which that holds; samples at the threshold are not flagged.
    """
    others = np.sort(scores[~suspicious])[::-1]
    threshold = others[min(int(np.floor(flagged * len(others) + 1e-9)), len(others) - 1)]
    return float((scores[suspicious] > threshold).mean())
