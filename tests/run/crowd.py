"""Many runners on one PostgreSQL store; one of them is killed, and the server is started again in mid-run."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from bench import Bench

METHODS = ("constant", "twin")


@dataclass(frozen=True)
class Seen:
    """What came of it, in numbers that tell a loss, a double or a leftover."""

    seconds: float
    cells: int
    states: Counter[str]
    done_twice: int
    evaluated_again: int
    by_runner: list[int]
    waited: int
    recovered: int
    other_scores: int
    tracebacks: int
    processes_left: int
    pending_left: int


def crowd(bench: Bench, server: Any, runners: int, seeds: int, reference: Path, down: float = 2.0) -> Seen:
    """Start the runners, kill the first, start the server again, let the others end, and give the command once more."""
    bench.database = server.url
    arguments = [word for method in METHODS for word in ("-m", method)]
    arguments += [word for seed in range(seeds) for word in ("-s", str(seed))]
    started = time.monotonic()
    crew = [bench.start(*arguments, "--workers", "1", "--set", "constant.seconds=0.2") for _ in range(runners)]
    cells = len(METHODS) * seeds
    wait_for(bench, cells // 4, crew)
    crew[0].kill()
    wait_for(bench, cells // 2, crew[1:])
    server.control("restart", str(down))
    outputs = [runner.communicate(timeout=3600)[0] for runner in crew]
    again = bench.start(*arguments, "--workers", "2", "--set", "constant.seconds=0.2")
    last = again.communicate(timeout=600)[0]
    assert again.returncode == 0, last
    seconds = time.monotonic() - started
    runs = bench.all_runs()
    owners = Counter(run.owner for run in runs if run.state == "done")
    done = Counter(run.cell.id for run in _every(bench) if run.state == "done")
    scores = {key: run.scores for key, run in bench.runs().items()}
    alone = Bench(reference)
    reference.mkdir()
    slow = (("constant", "seconds", "0"),)
    assert alone.run(*METHODS, seeds=tuple(range(seeds)), executor="inline", overrides=slow).clean
    wanted = {key: run.scores for key, run in alone.runs().items()}
    return Seen(
        seconds=seconds,
        cells=len(runs),
        states=Counter(run.state for run in runs),
        done_twice=sum(count > 1 for count in done.values()),
        evaluated_again=sum(bench.evaluations().values()) - cells,
        by_runner=sorted(owners.values(), reverse=True),
        waited=sum("the store answers again" in output for output in outputs),
        recovered=sum("recovered from an earlier run" in output for output in (*outputs, last)),
        other_scores=sum(scores.get(key) != value for key, value in wanted.items()),
        tracebacks=sum("Traceback" in output for output in (*outputs, last)),
        processes_left=_left(bench.home),
        pending_left=len(list((bench.home / "pending").iterdir())),
    )


def wait_for(bench: Bench, evaluations: int, crew: list[subprocess.Popen[str]]) -> None:
    """Wait until so many cells have begun, while any of the runners lives."""
    while sum(bench.evaluations().values()) < evaluations:
        if all(runner.poll() is not None for runner in crew):
            raise AssertionError(f"the runners ended early: {[runner.communicate()[0][-1000:] for runner in crew]}")
        time.sleep(0.05)


def _every(bench: Bench) -> list[Any]:
    from suite.store.reading import Reader

    reader = Reader(bench.settings().database_url)
    try:
        return [run for row in reader.latest_runs(scores=False) for run in reader.attempts(row.cell.id)]
    finally:
        reader.close()


def _left(home: Path, seconds: float = 10.0) -> int:
    """Return how many processes of a home are left after some time, in which they may end."""
    deadline = time.monotonic() + seconds
    while (count := sum(_is_of(process, home) for process in psutil.process_iter())) and time.monotonic() < deadline:
        time.sleep(0.2)
    return count


def _is_of(process: psutil.Process, home: Path) -> bool:
    with suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get("SUITE_HOME") == str(home)
    return False
