"""How long metrics and their resamples take. Prints; never gates.

Run with: pytest tests/perf/test_metric_speed.py -n 0 -s
"""

from __future__ import annotations

import time

import numpy as np

from suite.tracks.ood.bootstrap import draw, metrics
from suite.tracks.ood.metrics import auroc


def test_a_thousand_resamples_of_20000_scores() -> None:
    rng = np.random.default_rng(0)
    inside, outside = rng.normal(1.5, 1, 10_000), rng.normal(0, 1, 10_000)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        draw.cache_clear()
        values = metrics(inside, outside, *draw((10_000, 10_000), 1000))
        seconds.append(time.perf_counter() - started)
    assert values["auroc"].size == 1000
    print(f"1,000 resamples of AUROC and both FPR95 on 20,000 scores: {min(seconds):.2f} of 1 s")


def test_auroc_of_ten_million_scores() -> None:
    rng = np.random.default_rng(0)
    inside, outside = rng.normal(1, 1, 5_000_000), rng.normal(0, 1, 5_000_000)
    started = time.perf_counter()
    value = auroc(inside, outside)
    seconds = time.perf_counter() - started
    assert abs(value - 0.7602) < 1e-3
    print(f"AUROC of 10 million scores: {seconds:.2f} of 3 s")
