"""AUROC, exact with ties, and what each sample adds to it: for every track that tells two kinds of samples apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scores = NDArray[np.float64]
DELONG = "DeLong over samples"
INSIDE = "inside"
"""The stratum of the samples that should score higher."""


def checked(values: ArrayLike, name: str) -> Scores:
    """Return scores [N] in float64.

    Raises:
        ValueError: there are none, or one is NaN. Infinities are ordered like any number.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name}: expected a non-empty array of scores [N], got shape {array.shape}")
    wrong = np.flatnonzero(np.isnan(array))
    if wrong.size:
        raise ValueError(f"{name}: {wrong.size} of {array.size} scores are NaN, the first at index {wrong[0]}")
    return array


def auroc(id_scores: ArrayLike, ood_scores: ArrayLike) -> float:
    """Return P(id > ood) + P(id = ood) / 2 over all pairs of id_scores [N] and ood_scores [M].

    The same whichever class is called positive.
    """
    inside, outside = np.sort(checked(id_scores, "ID")), np.sort(checked(ood_scores, "OOD"))
    below = int(np.searchsorted(outside, inside, side="left").sum())
    below_or_tied = int(np.searchsorted(outside, inside, side="right").sum())
    return (below + below_or_tied) / (2 * inside.size * outside.size)


def auroc_influence(inside: Scores, outside: Sequence[Scores]) -> dict[str, Scores]:
    """Return DeLong's placement values for the mean AUROC of ID scores [N] against K sets of OOD scores [M_k].

    `INSIDE` holds each ID sample's mean share of OOD below it, centred; a set's number the share of ID above each of
    its samples, over K. Ties count one half. The stratum means add up to the mean AUROC.
    """
    ranked = np.sort(inside)
    shares = np.zeros(inside.size)
    influence: dict[str, Scores] = {}
    for k, scores in enumerate(outside):
        shares += _share_below(np.sort(scores), inside) / len(outside)
        influence[str(k)] = (1 - _share_below(ranked, scores)) / len(outside)
    # Both sides estimate the AUROC: without the shift the means would add up to it twice.
    return {INSIDE: shares - shares.mean(), **influence}


def _share_below(ranked: Scores, values: Scores) -> Scores:
    below, not_above = (np.searchsorted(ranked, values, side=side) for side in ("left", "right"))
    return np.asarray((below + not_above) / (2 * ranked.size), dtype=np.float64)
