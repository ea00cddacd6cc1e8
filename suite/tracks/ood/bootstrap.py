"""A stratified bootstrap of the OOD metrics, for what has no closed form: paired differences between two detectors.

Every resample draws ID and each OOD set anew on its own, as many as there were. Resamples are kept as counts per
sample, so that one sorting of the scores serves them all and two detectors can share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from suite.tracks.ood.metrics import AUROC, FPR95, FPR95_OOD, needed
from suite.tracks.ood.uncertainty import RESAMPLES

Scores = NDArray[np.float64]
Counts = NDArray[np.uint8]
RESAMPLED = (AUROC.name, FPR95.name, FPR95_OOD.name)
BLOCK = 50  # resamples at a time, so that their counts stay in the processor's cache


def resampled(inside: Scores, outside: Sequence[Scores], metric: str) -> Scores:
    """Return a metric's mean over sets of OOD scores [M_k] against ID scores [N], on every resample [R]."""
    drawn_inside, *drawn = draw((inside.size, *(scores.size for scores in outside)))
    values = [
        metrics(inside, scores, drawn_inside, counts)[metric] for scores, counts in zip(outside, drawn, strict=True)
    ]
    return np.asarray(np.mean(values, axis=0), dtype=np.float64)


@lru_cache(maxsize=1)  # the detectors of a comparison share the draws, which take as many bytes as samples x resamples
def draw(sizes: tuple[int, ...], resamples: int = RESAMPLES, seed: int = 0) -> tuple[Counts, ...]:
    """Return for each stratum, by its size N, how often each sample is drawn [resamples, N]; not to be written to."""
    rng = np.random.default_rng(seed)
    return tuple(_counts(size, resamples, rng) for size in sizes)


def _counts(size: int, resamples: int, rng: np.random.Generator) -> Counts:
    kind = np.uint16 if size <= 2**16 else np.uint32
    counts = np.empty((resamples, size), dtype=np.uint8)  # a sample is drawn 256 times once in 10^500 resamples
    for row in counts:
        row[:] = np.bincount(rng.integers(0, size, size, dtype=kind), minlength=size)
    return counts


def metrics(inside: Scores, outside: Scores, drawn: Counts, drawn_outside: Counts) -> dict[str, Scores]:
    """Return AUROC and both FPR95 of every resample [R], ties exact.

    ``inside`` [N] and ``outside`` [M] are scores, the counts [R, N] and [R, M] how often each sample was drawn.
    """
    scores = np.concatenate([inside, outside])
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
    tied = ends.size < ranked.size
    is_inside = order < inside.size
    n, m = inside.size, outside.size
    values: dict[str, list[Scores]] = {name: [] for name in RESAMPLED}
    for start in range(0, len(drawn), BLOCK):
        rows = slice(start, start + BLOCK)
        counts = np.concatenate([drawn[rows], drawn_outside[rows]], axis=1)[:, order]
        below_in = np.cumsum(counts * is_inside, axis=1, dtype=np.int32)
        below_out = np.cumsum(counts * ~is_inside, axis=1, dtype=np.int32)
        if tied:
            below_in, below_out = below_in[:, ends], below_out[:, ends]
        own_out = np.diff(below_out, axis=1, prepend=0)
        own_in = np.diff(below_in, axis=1, prepend=0)
        wins = np.einsum("rg,rg->r", own_in.astype(np.float64), below_out - own_out / 2)
        values[AUROC.name].append(wins / (n * m))
        # The thresholds are the places at which the counts reach what is needed.
        index = np.arange(len(counts))
        at = (below_in <= n - needed(n)).sum(axis=1)
        values[FPR95.name].append(1 - (below_out[index, at] - own_out[index, at]) / m)
        at = (below_out < needed(m)).sum(axis=1)
        values[FPR95_OOD.name].append(below_in[index, at] / n)
    return {name: np.concatenate(parts) for name, parts in values.items()}
