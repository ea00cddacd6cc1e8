"""What the board of 1,000,000 scores costs: built, updated by one run, and looked at while it is. Prints; never gates.

Run with: pytest tests/perf/test_board_speed.py -n 0 -s
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import suite.leaderboard
from suite.board.artifact import last_board
from suite.leaderboard.worker import start

from .made_store import make_store, touch_a_run

SHAPES = {"tasks": {"tasks": 100, "methods": 100, "seeds": 10}, "wide": {"tasks": 20, "methods": 500, "seeds": 10}}
BUILD = """
import re
from pathlib import Path
from suite.board.artifact import load_board
from suite.registry import load_registry
from suite.settings import load_settings
settings = load_settings()
load_board(settings, load_registry(settings.plugins))
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


@pytest.fixture(scope="module", params=SHAPES)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a store of 995,000 scores, of many tables or of wide ones."""
    place = tmp_path_factory.mktemp("big") / request.param
    make_store(place, **SHAPES[request.param])
    return place


@pytest.fixture(autouse=True)
def _settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_HOME", str(home))
    monkeypatch.setenv("SUITE_PLUGINS", str(home / "made_plugin.py"))


def spent(code: str) -> tuple[float, float, float]:
    """Return CPU and wall seconds of a whole process, from its start to its end, and its peak MiB."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, ended - started, float(done.stdout)


def test_build_and_update(home: Path) -> None:
    shutil.rmtree(home / "board", ignore_errors=True)
    for what in ("built", "unchanged", "one run changed"):
        if what == "one run changed":
            touch_a_run(home, "made/task-007")
        cpu, wall, peak = spent(BUILD)
        load = os.getloadavg()[0]
        print(f"\n{home.name}: {what}: {cpu:.2f} CPU s, {wall:.2f} s, {peak:.0f} MiB, load {load:.1f}")


def test_two_visitors_while_a_run_ends(home: Path) -> None:
    shutil.rmtree(home / "board", ignore_errors=True)
    worker = start(home / "board")
    try:
        while last_board(home / "board") is None:
            time.sleep(0.1)
        waits: list[float] = []
        stopped = threading.Event()
        visitors = [threading.Thread(target=visit, args=(waits, stopped)) for _ in range(2)]
        for visitor in visitors:
            visitor.start()
        while len(waits) < 4:  # the first look of each imports the pages and loads the plugins
            time.sleep(0.1)
        board = last_board(home / "board")
        first = len(waits)
        touch_a_run(home, "made/task-007")
        ended = time.perf_counter()
        while last_board(home / "board") is board:
            time.sleep(0.05)
        seen = time.perf_counter() - ended
        time.sleep(2)
        stopped.set()
        for visitor in visitors:
            visitor.join()
        looks = waits[first:]
        spread = f"{min(looks):.2f} to {max(looks):.2f} s, median {statistics.median(looks):.2f}"
        what = f"a run ends while two look: on the board after {seen:.1f} s; {len(looks)} looks of {spread}"
        print(f"\n{home.name}: {what}, load {os.getloadavg()[0]:.1f}")
    finally:
        worker.stdin.close()
        worker.wait()


def visit(waits: list[float], stopped: threading.Event) -> None:
    """Look at the table of a task again and again, as one visitor does."""
    while not stopped.is_set():
        app = AppTest.from_file(Path(suite.leaderboard.__file__).with_name("app.py"), default_timeout=120)
        app.switch_page("views/board.py")
        app.query_params["track"], app.query_params["task"] = "made", "made/task-007"
        started = time.perf_counter()
        app.run()
        waits.append(time.perf_counter() - started)
        time.sleep(0.5)  # people read
        assert not app.exception
