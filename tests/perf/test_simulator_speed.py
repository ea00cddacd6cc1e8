"""Our compiled simulator beside deeptime's C++, one process, the same systems, steps and threads; ratios in one run.

Run with: pytest tests/perf/test_simulator_speed.py -n 0 -s
"""

from __future__ import annotations

import os
import subprocess
import sys
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
from suite.tracks.basins.dynamics.kernel import kernel
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


def fastest(*functions: Callable[[], object], repeats: int = 7) -> list[float]:
    """Return the least seconds of each function, taken in turn: others that use the machine disturb all alike."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats):
        for function, taken in zip(functions, times, strict=True):
            started = time.perf_counter()
            function()
            taken.append(time.perf_counter() - started)
    return [min(taken) for taken in times]


@pytest.mark.parametrize("count", [2_000, 20_000])
@pytest.mark.parametrize("name", PEERS)
def test_simulator(name: str, count: int) -> None:
    data = pytest.importorskip("deeptime.data", reason="pip install 'basin-suite[test]'")
    system = SYSTEMS[name]
    starts = torch.tensor(system.sites)[torch.arange(count) % len(system.sites)]
    names = keys(stream(0, "speed"), torch.arange(count))
    kernel(system.potential.gradient, system.dimension)
    peer = getattr(data, PEERS[name])(h=system.step, n_steps=STEPS)
    points = starts.double().numpy()
    ours, theirs = fastest(
        lambda: simulate(system, starts, names, 1, every=STEPS), lambda: peer.trajectory(points, 2, n_jobs=cores())
    )
    ours, theirs = (1e9 * each / count / STEPS for each in (ours, theirs))
    print(
        f"\n{name}, {count:,} trajectories, {cores()} threads, ns per step and trajectory: "
        f"ours {ours:.1f}, deeptime {theirs:.1f}, {theirs / ours:.1f}x"
    )


@pytest.mark.parametrize("cached", [False, True])
def test_first_simulation_of_a_process(tmp_path_factory: pytest.TempPathFactory, cached: bool) -> None:
    """What a process pays before the kernel runs: numba's import, and compilation or the reading of its cache."""
    folder = tmp_path_factory.getbasetemp() / "kernels"
    program = (
        "import time, torch; from suite.tracks.basins.dynamics.systems import SYSTEMS; started = time.perf_counter();"
        "from suite.tracks.basins.dynamics.kernel import kernel; imported = time.perf_counter();"
        "system = SYSTEMS['triple-well']; kernel(system.potential.gradient, 2); ended = time.perf_counter();"
        "print(f'numba and normal numbers {imported - started:.2f} s, triple well {ended - imported:.2f} s')"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    print(f"\n{'cached' if cached else 'first'}: {done.stdout}")


def test_embedding() -> None:
    """The observation of saved frames in 1,000 dimensions, which deeptime has not."""
    states = torch.from_numpy(np.random.default_rng(0).normal(size=(256, 24, 2)).astype(np.float32))
    for kind in ("linear", "linear+slow", "warp", "signflip"):
        (seconds,) = fastest(partial(Embedding(kind, 1000).observe, states, 0, torch.arange(256)))
        frame = 1e6 * seconds / (256 * 24)
        print(f"\n{kind}-1000, 256 trajectories of 24 frames: {seconds:.3f} s, {frame:.1f} us a frame")
