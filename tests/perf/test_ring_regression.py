"""The ring regression in full: 200 dimensions, 24 trajectories, three horizons, three draws of the angles.

Run with: pytest tests/perf/test_ring_regression.py -n 0 -s
The short form is a test of the plugin. What must hold is asserted; it does not depend on the machine's speed.
"""

from __future__ import annotations

import time
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans

from suite.plugins.basins.trajectory_discrimination import TrajectoryDiscrimination
from suite.settings import cores
from suite.tracks.basins.metrics import is_exact

from ..plugins.basins import rings

RAW: dict[str, Any] = {
    "inputs": "raw",
    "hidden": 64,
    "epochs": 30,
    "batch_size": 256,
    "learning_rate": 1e-3,
    "weight_decay": 1e-3,
}


def kmeans_accuracy(seen: torch.Tensor) -> float:
    """Return the share of states in the right one of two clusters, under the better naming."""
    states = seen[:, :, rings.BURN_IN :].flatten(0, 2).numpy()
    found = KMeans(2, n_init=5, max_iter=40, random_state=0).fit_predict(states)
    true = np.repeat(rings.TRUE, len(states) // 8)
    return max(float(np.mean(np.array(names)[found] == true)) for names in permutations((0, 1)))


@pytest.mark.parametrize("draw", [3, 4, 5])
@pytest.mark.parametrize("horizon", [4, 20, 80])
def test_ring(horizon: int, draw: int) -> None:
    torch.set_num_threads(cores())
    started = time.perf_counter()
    seen = rings.observed(rings.latent(horizon, draw))
    method = TrajectoryDiscrimination(**RAW)
    answer = method.partition(seen, rings.context())
    risk = np.asarray(answer.risk)
    same, different = rings.same_and_different(risk)
    leaky = rings.same_and_different(np.asarray(method.partition(rings.leaky(seen), rings.context()).risk))[0]
    twice = torch.cat([seen[[0, 4]][:, :12], seen[[0, 4]][:, 12:]])[[0, 2, 1, 3]]
    again = np.asarray(method.partition(twice, rings.context()).risk)
    accuracy = kmeans_accuracy(seen)
    print(
        f"\nT = {horizon}, angles {draw}: same basin {same.mean():.3f}, min {same.min():.3f}; different "
        f"{different.mean():.3f}, max {different.max():.3f}; labels {np.asarray(answer.labels).tolist()}; leaky split "
        f"{leaky.mean():.3f}; same candidate {again[0, 1]:.3f}, {again[2, 3]:.3f}; k-means {accuracy:.3f}; "
        f"{time.perf_counter() - started:.0f} s"
    )
    assert 0.5 <= accuracy <= 0.6
    if horizon == 80:
        assert same.min() >= 0.42
        assert different.max() <= 0.10
    if horizon >= 20:
        assert is_exact(rings.TRUE, answer.labels)
        assert abs(again[[0, 2], [1, 3]] - 0.5).max() <= 0.1
    else:
        assert risk[4:, 4:][np.triu_indices(4, 1)].min() < 0.25
        assert leaky.mean() < same.mean()
