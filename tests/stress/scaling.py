"""How cells scale to several nodes: a simulation with the runner's and the store's time, which is measured first.

Run with: python tests/stress/scaling.py [URL of a store, as postgresql+psycopg://...]

On paper: S places on all nodes take c seconds a cell, and o more to start it; the runner takes d seconds a cell, one
after the other, to claim it, to send it, and to record what comes back. So at most min(S / (c + o), 1 / d) cells a
second end with one runner. With R runners on one store it is min(S / (c + o), R / d, 1 / s), where s is what the store
does one after the other for a cell: its commits.
"""

from __future__ import annotations

import heapq
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "run"))
from bench import PLUGIN, Bench, Steps  # noqa: E402 - found by the line above

from suite.contracts import Executor, Job, JobExit  # noqa: E402
from suite.registry import Entry, load_registry  # noqa: E402
from suite.run.runner import Runner  # noqa: E402
from suite.run.selection import Request  # noqa: E402
from suite.run.worker import work  # noqa: E402

CELLS = 300
CORES = 16  # of a simulated node
NODES = (1, 2, 4)
START = 0.05
"""Seconds to start a process on a node for a cell and to end it; of the executor process they are the whole cell."""
SEND = 0.002
"""Seconds of the runner to send a job by Ray and to take its documents in; test_ray_throughput.py tells the sum."""


class Instant(Executor):
    """Ends each job at once, with the documents of the first."""

    name = "instant"

    def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        """Copy them."""
        with tempfile.TemporaryDirectory() as folder:
            for job in jobs:
                if not list(Path(folder).iterdir()):
                    work(job)
                    for file in job.folder.glob("[rs]*"):  # result and samples
                        shutil.copy(file, folder)
                for file in Path(folder).iterdir():
                    shutil.copy(file, job.folder)
                yield JobExit(job, "finished")


class Stamps(Steps):
    """Remembers when each cell was recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[float] = []

    def step(self, *text: object, **more: object) -> None:
        """Remember the moment."""
        self.ended.append(time.perf_counter())


def runner_seconds(url: str | None) -> float:
    """Return what a cell that takes no time costs the runner: to claim it and to record it; the median."""
    with tempfile.TemporaryDirectory() as home:
        settings = Bench(Path(home)).settings(database=url)
        registry, stamps = load_registry((PLUGIN,)), Stamps()
        registry.executors.add(Entry("instant", Instant, registry.plugins[0]))
        Runner(registry, settings, stamps, "instant").run(Request(("fast/count",), ("constant",), tuple(range(CELLS))))
    return statistics.median(after - before for before, after in zip(stamps.ended, stamps.ended[1:], strict=False))


def simulated(cells: int, places: int, seconds: float, runner: float) -> float:
    """Return how long so many cells take: the runner serves one cell after the other, each place one at a time.

    A place is free again when the runner has recorded its cell and sent it the next one.
    """
    free_at, ends = 0.0, list[float]()  # of the runner; of the cells under way
    left = cells
    while left or ends:
        if left and len(ends) < places:
            free_at += runner / 2  # claim and send
            heapq.heappush(ends, free_at + START + seconds)
            left -= 1
        else:
            free_at = max(free_at, heapq.heappop(ends)) + runner / 2  # take in and record
    return free_at


def main() -> None:
    """Measure, then print the table."""
    url = sys.argv[1] if len(sys.argv) > 1 else None
    runner = runner_seconds(url) + SEND
    print(f"{'PostgreSQL' if url else 'SQLite'}: claiming and recording take {1000 * (runner - SEND):.1f} ms a cell;")
    print(f"with Ray's part of {1000 * SEND:.0f} ms one runner serves at most {1 / runner:.0f} cells a second")
    print(f"\ncells of | nodes of {CORES} cores | cells a second: simulated | on paper | times one node")
    for seconds in (0.1, 1.0, 10.0, 60.0):
        one = 0.0
        for nodes in NODES:
            places, cells = nodes * CORES, 40 * nodes * CORES
            rate = cells / simulated(cells, places, seconds, runner)
            paper = min(places / (seconds + START), 1 / runner)
            one = one or rate
            print(f"{seconds:6.1f} s | {nodes:17} | {rate:25.1f} | {paper:8.1f} | {rate / one:.2f}")


if __name__ == "__main__":
    main()
