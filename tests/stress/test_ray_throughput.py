"""What a cell that does nothing costs on a Ray cluster of two nodes, against the process executor; goal at most 1.5x.

Run with: pytest tests/stress/test_ray_throughput.py -n 0 -s
CELLS sets how many cells each of the two runs, in turns of a quarter of them.
"""

from __future__ import annotations

import os
import statistics
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from bench import Bench, Steps
from nodes import running

from suite.registry import load_registry
from suite.run.runner import Runner
from suite.run.selection import Request

CELLS = int(os.environ.get("CELLS", "2000"))
TURNS = 4
GOAL = 1.5


class Stamps(Steps):
    """Remembers when each cell ended, and what processor time was used when a tenth of them had."""

    def __init__(self, cells: int) -> None:
        super().__init__()
        self.warm = cells // 10
        self.ended: list[float] = []
        self.used = 0.0

    def step(self, text: str, state: str, *rest: Any, **more: Any) -> None:
        """Remember the moment."""
        self.ended.append(time.perf_counter())
        if len(self.ended) == self.warm:
            self.used = used()


def used() -> float:
    """Return the processor seconds of this process and all below it, Ray's and those that have ended too."""
    total = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def milliseconds(bench: Bench, executor: str, seeds: range) -> tuple[float, float]:
    """Return the mean time between two ends, without how the run starts, and the processor time of each cell."""
    stamps, settings = Stamps(len(seeds)), bench.settings()
    request = Request(("fast/count",), ("constant",), tuple(seeds))
    summary = Runner(load_registry(settings.plugins), settings, stamps, executor).run(request)
    processor = used() - stamps.used
    assert summary.states == {"done": len(seeds)}
    cells = len(seeds) - stamps.warm
    return 1000 * (stamps.ended[-1] - stamps.ended[stamps.warm - 1]) / cells, 1000 * processor / cells


def test_a_cell_that_does_nothing(tmp_path: Path) -> None:
    turn = CELLS // TURNS
    found: dict[str, list[tuple[float, float]]] = {"process": [], "ray": []}
    benches = {executor: Bench(tmp_path / executor) for executor in found}
    with running(tmp_path):
        for number in range(TURNS):
            for executor, bench in benches.items():
                bench.home.mkdir(exist_ok=True)
                load = os.getloadavg()[0]
                took = milliseconds(bench, executor, range(number * turn, (number + 1) * turn))
                found[executor].append(took)
                print(
                    f"turn {number + 1}, {turn} cells, load {load:4.1f}: {executor:8} {took[0]:6.1f} ms a cell, "
                    f"of processor time {took[1]:.1f} ms"
                )
    for which, name in ((1, "processor time"), (0, "time")):
        process, ray = (statistics.median(each[which] for each in found[executor]) for executor in found)
        print(f"{CELLS} cells each, medians of {TURNS} turns: {name} with process {process:.1f} ms, ray {ray:.1f} ms")
        print(f"ratio {ray / process:.2f}")
    assert ray <= GOAL * process
