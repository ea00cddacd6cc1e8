"""The density of kernel-density beside scikit-learn's KernelDensity: the same features, bandwidth and values.

Run with: pytest tests/perf/test_kernel_density_speed.py -n 0 -s
scikit-learn walks a tree, exactly (its default) or to a relative tolerance of 1e-4.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.neighbors import KernelDensity

from suite.plugins.ood._kernels import weigh

TRAIN, TEST, WIDTH, LATENT = 20_000, 1_000, 64, 8


def timed(function: Callable[[], NDArray[np.float64]]) -> tuple[NDArray[np.float64], float]:
    started = time.process_time()
    return function(), time.process_time() - started


@pytest.mark.parametrize("bandwidth", [0.1, 0.5])
def test_as_fast_as_the_library(bandwidth: float) -> None:
    generator = torch.Generator().manual_seed(0)
    mixing = torch.randn(LATENT, WIDTH, generator=generator)
    points = torch.nn.functional.normalize(torch.randn(TRAIN + TEST, LATENT, generator=generator) @ mixing)
    train, test = points[:TRAIN], points[TRAIN:]
    ours, ours_seconds = timed(lambda: weigh(test, train, [bandwidth])[0][0].double().numpy())
    print(f"\nh = {bandwidth}: ours {ours_seconds:.2f} CPU s")
    for tolerance in (0.0, 1e-4):
        peer = KernelDensity(bandwidth=bandwidth, rtol=tolerance).fit(train.double().numpy())
        theirs, their_seconds = timed(partial(peer.score_samples, test.double().numpy()))
        print(f"  rtol = {tolerance}: scikit-learn {their_seconds:.2f} CPU s, {their_seconds / ours_seconds:.0f} times")
        np.testing.assert_allclose(ours - ours.mean(), theirs - theirs.mean(), atol=2e-3 if tolerance == 0 else 1e-2)
        assert ours_seconds < their_seconds
