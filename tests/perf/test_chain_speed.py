"""The exact chain beside the simulation that would reach a standard error of 0.001: CPU seconds of one thread.

Run with: pytest tests/perf/test_chain_speed.py -n 0 -s
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from suite.benchmarks.temperature.circle import CircleTask
from suite.benchmarks.temperature.sphere import SphereTask
from suite.contracts import Resources, TaskContext

ERROR, REPEATS = 1e-3, 3


@pytest.mark.parametrize("kind", [CircleTask, SphereTask])
def test_speed(kind: type[Any], resources: Resources) -> None:
    """The simulation's time is that of the task's runs, times how many more of them it takes."""
    task = kind()
    context = TaskContext(0, resources, task.setting({}))
    told = task.told(context)
    betas = np.log(told.times + np.e) / told.barrier
    chain, simulation = [], []
    for _ in range(REPEATS):
        started = time.process_time()
        (share,) = task.landscape.chain().shares(betas, task.eta, [len(betas)])
        chain.append(time.process_time() - started)
        started = time.process_time()
        task.walkers(context).walk(betas)
        simulation.append(time.process_time() - started)
    runs = share * (1 - share) / ERROR**2
    needed = min(simulation) * runs / task.runs
    print(f"\n{task.id}: share {share:.4f}; chain {min(chain):.3f} s; {task.runs} runs {min(simulation):.2f} s;")
    print(f"    {runs:.0f} runs would take {needed:.1f} s: {needed / min(chain):.0f} times as long")
    assert needed > 5 * min(chain)
