"""Our simulator beside deeptime's C++, one process, the same systems, steps and threads; ratios in one run.

Run with: pytest tests/perf/test_simulator_speed.py -n 0 -s
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from suite.settings import cores
from suite.tracks.basins.dynamics.counter import keys, stream
from suite.tracks.basins.dynamics.embedding import Embedding
from suite.tracks.basins.dynamics.langevin import simulate
from suite.tracks.basins.dynamics.systems import SYSTEMS

STEPS = 200
PEERS = {"triple-well": "triple_well_2d", "quadruple-well": "quadruple_well", "prinz": "prinz_potential"}


@pytest.fixture(autouse=True)
def _every_core() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(cores())
    yield
    torch.set_num_threads(before)


def fastest(function: Callable[[], object], repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return min(times)


@pytest.mark.parametrize("count", [2_000, 20_000])
@pytest.mark.parametrize("name", PEERS)
def test_simulator(name: str, count: int) -> None:
    data = pytest.importorskip("deeptime.data", reason="pip install 'basin-suite[test]'")
    system = SYSTEMS[name]
    starts = torch.tensor(system.sites)[torch.arange(count) % len(system.sites)]
    names = keys(stream(0, "speed"), torch.arange(count))
    ours = fastest(lambda: simulate(system, starts, names, 1, every=STEPS))
    peer = getattr(data, PEERS[name])(h=system.step, n_steps=STEPS)
    points = starts.double().numpy()
    theirs = fastest(lambda: peer.trajectory(points, 2, n_jobs=cores()))
    ours, theirs = (1e9 * each / count / STEPS for each in (ours, theirs))
    print(
        f"\n{name}, {count:,} trajectories, {cores()} threads, ns per step and trajectory: "
        f"ours {ours:.1f}, deeptime {theirs:.1f}, {theirs / ours:.1f}x"
    )


def test_embedding() -> None:
    """The observation of saved frames in 1,000 dimensions, which deeptime has not."""
    states = torch.from_numpy(np.random.default_rng(0).normal(size=(256, 24, 2)).astype(np.float32))
    for kind in ("linear", "linear+slow", "warp", "signflip"):
        seconds = fastest(partial(Embedding(kind, 1000).observe, states, 0, torch.arange(256)))
        frame = 1e6 * seconds / (256 * 24)
        print(f"\n{kind}-1000, 256 trajectories of 24 frames: {seconds:.3f} s, {frame:.1f} us a frame")
