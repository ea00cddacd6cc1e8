"""What a cell that does nothing costs on a Ray cluster of two nodes, against the process executor; goal at most 1.5x.

Run with: pytest tests/stress/test_ray_throughput.py -n 0 -s
CELLS sets how many cells each of the two runs, in turns of a quarter of them.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any

from bench import Bench, Steps
from nodes import running

from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request

CELLS = int(os.environ.get("CELLS", "2000"))
TURNS = 4
GOAL = 1.5


class Stamps(Steps):
    """Remembers when each cell ended."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[float] = []

    def step(self, text: str, state: str, *rest: Any, **more: Any) -> None:
        """Remember the moment."""
        self.ended.append(time.perf_counter())


def milliseconds(bench: Bench, executor: str, seeds: range) -> tuple[float, float]:
    """Return the mean time between two ends, without how the run starts, and the processor time of the runner."""
    stamps, settings = Stamps(), bench.settings()
    request = Request(("fast/count",), ("constant",), tuple(seeds))
    cpu = time.process_time()
    summary = Runner(load_registry(settings.plugins), settings, stamps, executor).run(request)
    cpu = time.process_time() - cpu
    assert summary.states == {"done": len(seeds)}
    warm = len(seeds) // 10
    return 1000 * (stamps.ended[-1] - stamps.ended[warm]) / (len(stamps.ended) - 1 - warm), 1000 * cpu / len(seeds)


def test_a_cell_that_does_nothing(tmp_path: Path) -> None:
    turn = CELLS // TURNS
    found: dict[str, list[float]] = {"process": [], "ray": []}
    benches = {executor: Bench(tmp_path / executor) for executor in found}
    with running(tmp_path):
        for number in range(TURNS):
            for executor, bench in benches.items():
                bench.home.mkdir(exist_ok=True)
                load = os.getloadavg()[0]
                each, own = milliseconds(bench, executor, range(number * turn, (number + 1) * turn))
                found[executor].append(each)
                print(
                    f"turn {number + 1}, {turn} cells, load {load:4.1f}: {executor:8} {each:6.1f} ms a cell, "
                    f"of the runner's own processor time {own:.1f} ms"
                )
    process, ray = (statistics.median(found[executor]) for executor in ("process", "ray"))
    print(f"\n{CELLS} cells each, medians of {TURNS} turns: process {process:.1f} ms, ray {ray:.1f} ms a cell")
    print(f"ratio {ray / process:.2f}, goal {GOAL}")
    assert ray <= GOAL * process
