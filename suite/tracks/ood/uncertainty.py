"""How sure a score of one model is, given its test samples: DeLong for AUROC, a stratified bootstrap for both FPR95.

ID and every OOD set are strata: each is resampled on its own. A mean over OOD sets shares the ID samples among them,
and so do its intervals. Nothing here tells of the spread over trained models; that is what seeds are for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from suite.contracts import Interval
from suite.measures.detection import Scores
from suite.tracks.ood.metrics import FPR95, FPR95_OOD, needed

RESAMPLES = 1000
LEVEL = 0.95
BOOTSTRAP = "stratified bootstrap over samples"


def fpr95_interval(inside: Scores, outside: Sequence[Scores]) -> Interval:
    """Return the percentile interval of the mean share of OOD accepted when 95 % of ID is, by bootstrap.

    The resampled threshold is an order statistic of the ID scores and the resampled share binomial given it, so both
    are drawn directly: the exact bootstrap distribution, without drawing samples.
    """
    rng = np.random.default_rng(0)
    thresholds = _resampled_threshold(np.sort(inside), inside.size - needed(inside.size), rng)
    shares = [
        rng.binomial(scores.size, 1 - _share_under(np.sort(scores), thresholds)) / scores.size for scores in outside
    ]
    return _percentiles(np.mean(shares, axis=0), inside, outside)


def fpr95_ood_interval(inside: Scores, outside: Sequence[Scores]) -> Interval:
    """Return the percentile interval of the mean share of ID flagged when 95 % of each OOD set is caught.

    Drawn as `fpr95_interval` draws: the counts of ID between the sets' thresholds are multinomial given these.
    """
    rng = np.random.default_rng(0)
    ranked = np.sort(inside)
    thresholds = [_resampled_threshold(np.sort(scores), needed(scores.size) - 1, rng) for scores in outside]
    flagged = np.sort([np.searchsorted(ranked, values, side="right") for values in thresholds], axis=0)
    left = np.full(RESAMPLES, inside.size)
    caught, passed = np.zeros(RESAMPLES), np.zeros(RESAMPLES, dtype=np.int64)
    total = np.zeros(RESAMPLES)
    for count in flagged:
        open_share = (count - passed) / np.maximum(inside.size - passed, 1)
        drawn = rng.binomial(left, open_share)
        caught += drawn
        left -= drawn
        total += caught / inside.size
        passed = count
    return _percentiles(total / len(outside), inside, outside)


def _resampled_threshold(ranked: Scores, place: int, rng: np.random.Generator) -> Scores:
    """Return the ``place``-th smallest (from 0) of each resample of the ranked scores."""
    uniform = rng.beta(place + 1, ranked.size - place, size=RESAMPLES)
    return ranked[np.minimum((uniform * ranked.size).astype(np.int64), ranked.size - 1)]


def _share_under(ranked: Scores, thresholds: Scores) -> Scores:
    return np.asarray(np.searchsorted(ranked, thresholds, side="left") / ranked.size, dtype=np.float64)


def _percentiles(draws: Scores, inside: Scores, outside: Sequence[Scores]) -> Interval:
    low, high = np.quantile(draws, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    count = inside.size + sum(scores.size for scores in outside)
    return Interval(float(low), float(high), LEVEL, BOOTSTRAP, count)


INTERVALS: dict[str, Callable[[Scores, Sequence[Scores]], Interval]] = {
    FPR95.name: fpr95_interval,
    FPR95_OOD.name: fpr95_ood_interval,
}
"""By metric, the interval from (ID scores, sets of OOD scores). AUROC's follows from its influence."""
