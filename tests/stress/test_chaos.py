"""Random ``kill -9`` of runner, fork server and workers: every cell is done exactly once, with the same bits.

``pytest tests/stress/test_chaos.py -n 0 -s -m ''``; SUITE_TEST_KILLS and SUITE_TEST_SEEDS, of two cells each, set the
size. PostgreSQL takes part if SUITE_TEST_POSTGRES names a server (``.ci/postgres``).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from ..support.processes import MARK, marked

KILLS = int(os.environ.get("SUITE_TEST_KILLS", "100"))
SEEDS = int(os.environ.get("SUITE_TEST_SEEDS", "110"))
PLUGIN = Path(__file__).parent.parent / "assets" / "fast_plugin.py"
PROGRESS = 2
"""Cells that are done between two kills, at most: on a busy machine kills come as seldom as cells end."""
SECONDS = 0.2
"""What each of half of the cells takes at least."""
EARLY = 0.004
"""How likely a runner is killed at each look that has no worker yet: it takes many looks to start."""


def command(home: Path, database: str, seconds: float) -> subprocess.Popen[bytes]:
    """Start a run of all cells; ``seconds`` is what each of half of them takes."""
    seeds = [word for seed in range(SEEDS) for word in ("-s", str(seed))]
    methods = ["-m", "constant", "-m", "twin", "--set", f"constant.seconds={seconds}"]
    environment = {"SUITE_HOME": str(home), "SUITE_DATABASE": database, "SUITE_PLUGINS": str(PLUGIN)}
    # A random kill is no sign of guilt, and a hundred of them hit some cell more often than a machine does.
    environment |= {"SUITE_RETRIES": "20", MARK: str(home)}
    with said(home).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "suite", "run", "-t", "fast/count", *methods, *seeds, "--workers", "2"],
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )


def said(home: Path) -> Path:
    """Return the file in which lies what the runners of a home have printed."""
    return home.with_suffix(".txt")


def victims(runner: subprocess.Popen[bytes]) -> dict[str, list[int]]:
    """Return the processes of a run that may be killed, by what they are."""
    found: dict[str, list[int]] = {"runner": [runner.pid]}
    try:
        for child in psutil.Process(runner.pid).children(recursive=True):
            line = " ".join(child.cmdline())
            if "forkserver" in line and "resource_tracker" not in line:
                kind = "fork server" if child.ppid() == runner.pid else "worker"
                found.setdefault(kind, []).append(child.pid)
    except psutil.NoSuchProcess:
        pass
    return found


def rows(database: str, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    engine = create_engine(database)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def finished(database: str) -> int:
    """Return how many cells are done."""
    try:
        return int(rows(database, "SELECT count(*) FROM run WHERE state = 'done'")[0][0])
    except DatabaseError:
        return 0  # there is no table yet


SCORES = """
SELECT cell.method, cell.seed, score.metric, score.value FROM score
JOIN run ON run.id = score.run JOIN cell ON cell.id = run.cell WHERE run.state = 'done' ORDER BY 1, 2, 3
"""
STATES = "SELECT cell.method, cell.seed, run.state FROM run JOIN cell ON cell.id = run.cell"


def test_every_cell_exactly_once_with_the_same_bits(tmp_path: Path, url: str) -> None:
    clean, home = tmp_path / "clean", tmp_path / "home"
    assert command(clean, f"sqlite:///{clean}/suite.db", SECONDS).wait() == 0
    killed: Counter[str] = Counter()
    starts, goal, draw, began = 0, 0, random.Random(20), time.monotonic()
    runner = command(home, url, SECONDS)
    while killed.total() < KILLS:
        time.sleep(draw.uniform(0.0, 0.5))
        if runner.poll() is not None:
            ended = f"it ended by itself with {runner.returncode}: {said(home).read_text()[-2000:]}"
            assert runner.returncode in (0, -signal.SIGKILL), ended
            if runner.returncode == 0:
                break
            starts += 1
            runner = command(home, url, SECONDS)
            continue
        if finished(url) < goal:
            continue
        kinds = victims(runner)
        if "worker" not in kinds and draw.random() > EARLY:
            continue
        kind = draw.choice(sorted(kinds))
        try:
            os.kill(draw.choice(kinds[kind]), signal.SIGKILL)
        except ProcessLookupError:
            continue
        killed[kind] += 1
        goal = finished(url) + draw.randint(0, PROGRESS)
    status = runner.wait()
    while status == -signal.SIGKILL:
        status = command(home, url, SECONDS).wait()
    deadline = time.monotonic() + 10
    while (left := marked(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    states = Counter(state for *_, state in rows(url, STATES))
    done = Counter((method, seed) for method, seed, state in rows(url, STATES) if state == "done")
    equal = rows(url, SCORES) == rows(f"sqlite:///{clean}/suite.db", SCORES)
    print(f"\n{url.partition(':')[0]}: {killed.total()} kills in {time.monotonic() - began:.0f} s")
    for what, count in {**killed, "starts of the runner": starts + 1, "runs by state": dict(states)}.items():
        print(f"  {what:22} {count}")
    print(f"  {'cells done once':22} {sum(count == 1 for count in done.values())} of {2 * SEEDS}")
    print(f"  {'scores equal':22} {equal}\n  {'processes left':22} {len(left)}")
    assert status == 0
    assert done == dict.fromkeys(done, 1)
    assert len(done) == 2 * SEEDS
    assert set(states) <= {"done", "stale"}
    assert equal
    assert left == []
    assert list((home / "pending").iterdir()) == []
    assert killed.total() == KILLS or pytest.fail("the run was over before the last kill: more seeds")
