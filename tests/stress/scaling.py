"""How cells scale to several nodes: a simulation with the runner's and the store's time, which is measured first.

Run with: python tests/stress/scaling.py [URL of a store on this machine, as postgresql+psycopg://...]

On paper: P places on all nodes take c seconds a cell, and o more to start it; a runner takes d seconds a cell, one
after the other, to claim it, to send it, and to record what comes back; s of the store's seconds come with it. So R
runners on one store end at most min(P / (c + o), R / d, 1 / s) cells a second, where the store does one thing after the
other: as SQLite does, and PostgreSQL on one core.

Measured are seconds of the processor, which other work on this machine hardly changes. A store that waits for its disk
at each commit takes longer than that.
"""

from __future__ import annotations

import heapq
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "run"))
from bench import PLUGIN, Bench, Steps  # noqa: E402 - found by the line above

import suite.run.runner  # noqa: E402
from suite.contracts import Executor, Job, JobExit  # noqa: E402
from suite.registry import Entry, load_registry  # noqa: E402
from suite.run.selection import Request  # noqa: E402
from suite.run.worker import work  # noqa: E402
from suite.store.writing import Writer  # noqa: E402

CELLS = 300
CORES = 16  # of a simulated node
NODES = (1, 2, 4)
RUNNERS = (1, 4, 8)
START = 0.05
"""Seconds to start a process on a node for a cell and to end it; of the executor process they are the whole cell."""
SEND = 0.003
"""Seconds of the runner to send a job by Ray and to take its documents in, more than with the executor process."""


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


class Timed(Writer):
    """A writer that adds up the processor's seconds that it takes."""

    seconds = 0.0

    def claim(self, *cell: Any) -> str | None:
        """Claim, timed."""
        return self._timed(super().claim, *cell)

    def end(self, *result: Any) -> str:
        """Record, timed."""
        return self._timed(super().end, *result)

    @staticmethod
    def _timed(act: Callable[..., Any], *arguments: object) -> Any:
        before = time.thread_time()
        try:
            return act(*arguments)
        finally:
            Timed.seconds += time.thread_time() - before


class Meter(Steps):
    """Notes the processor's seconds of this process, and of the store, each time a cell was recorded."""

    def __init__(self, store: Callable[[], float]) -> None:
        super().__init__()
        self.notes: list[tuple[float, float]] = []
        self._store = store

    def step(self, *text: object, **more: object) -> None:
        """Note them."""
        self.notes.append((time.process_time(), self._store()))


def server(url: str) -> Callable[[], float]:
    """Return what tells the processor's seconds of a PostgreSQL server on this machine."""
    engine = create_engine(url)
    with engine.connect() as connection:
        main = psutil.Process(connection.scalar(text("SELECT pg_backend_pid()"))).parent()
    engine.dispose()
    return lambda: sum(sum(each.cpu_times()[:4]) for each in (main, *main.children()))  # with those that ended


def measured(url: str | None) -> tuple[float, float]:
    """Return the seconds of the runner for a cell that takes no time, and those of the store; means."""
    suite.run.runner.Writer = Timed
    meter = Meter(server(url) if url else lambda: Timed.seconds)
    with tempfile.TemporaryDirectory() as home:
        settings = Bench(Path(home)).settings(database=url)
        registry = load_registry((PLUGIN,))
        registry.executors.add(Entry("instant", Instant, registry.plugins[0]))
        request = Request(("fast/count",), ("constant",), tuple(range(CELLS)))
        suite.run.runner.Runner(registry, settings, meter, "instant").run(request)
    first, last = meter.notes[CELLS // 10], meter.notes[-1]
    runner, store = ((after - before) / (CELLS - 1 - CELLS // 10) for before, after in zip(first, last, strict=True))
    return runner, store


@dataclass
class Simulation:
    """Some runners on one store and so many places, as they go on in time.

    A runner serves one cell after the other: half of its time before the cell runs, half after it; half of the store's
    time is at the end of each, and the store serves one runner after the other. A place is free again when its cell was
    recorded.
    """

    left: int
    places: int
    seconds: float
    runner: float
    store: float
    ended: list[int]  # how many cells of each runner have ended, and wait for it to record them
    busy: set[int] = field(default_factory=set)
    now: float = 0.0
    _store_free: float = 0.0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _number: int = 0

    def run(self) -> float:
        """Return how long the cells take."""
        self._wake()
        while self._events:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
            self._wake()
        return self.now

    def _wake(self) -> None:
        for which in range(len(self.ended)):
            if which not in self.busy and (self.ended[which] or (self.left and self.places)):
                self.busy.add(which)
                record = self.ended[which] > 0
                if record:
                    self.ended[which] -= 1
                else:
                    self.left, self.places = self.left - 1, self.places - 1
                self._after((self.runner - self.store) / 2, partial(self._ask_store, which, record))

    def _ask_store(self, which: int, record: bool) -> None:
        self._store_free = max(self._store_free, self.now) + self.store / 2
        self._after(self._store_free - self.now, partial(self._served, which, record))

    def _served(self, which: int, record: bool) -> None:
        self.busy.remove(which)
        if record:
            self.places += 1
        else:
            self._after(START + self.seconds, partial(self._end, which))

    def _end(self, which: int) -> None:
        self.ended[which] += 1

    def _after(self, seconds: float, happen: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (self.now + seconds, self._number, happen))


def main() -> None:
    """Measure, then print the table."""
    url = sys.argv[1] if len(sys.argv) > 1 else None
    own, store = measured(url)
    runner = own + SEND + (store if url else 0.0)  # SQLite is a part of the runner, which waits for a server
    print(f"{'PostgreSQL' if url else 'SQLite'}, of the processor a cell: runner {1000 * own:.1f} ms, store", end=" ")
    print(f"{1000 * store:.1f} ms{'' if url else ', in the runner'}; with {1000 * SEND:.0f} ms to send it by Ray")
    print(f"one runner serves at most {1 / runner:.0f} cells a second, the store {1 / store:.0f}")
    print(
        f"\ncells of | nodes of {CORES} cores | runners | cells a second: simulated | on paper | limit | times one node"
    )
    for seconds in (0.1, 1.0, 10.0):
        for runners in RUNNERS:
            one = 0.0
            for nodes in NODES:
                places, cells = nodes * CORES, 40 * nodes * CORES
                rate = cells / Simulation(cells, places, seconds, runner, store, [0] * runners).run()
                limits = {"nodes": places / (seconds + START), "runner": runners / runner, "store": 1 / store}
                name = min(limits, key=limits.__getitem__)
                one = one or rate
                print(
                    f"{seconds:6.1f} s | {nodes:17} | {runners:7} | {rate:25.1f} | {limits[name]:8.1f} | {name:6} | "
                    f"{rate / one:.2f}"
                )


if __name__ == "__main__":
    main()
