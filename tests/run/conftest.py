"""A bench to run the fast plugin on, and waiting for what other processes do."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from bench import Bench, gone


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A bench with an empty home; whatever its methods left running is killed at the end.

    `bench.on_both` has a test run on a PostgreSQL store, too, in the slow stage.
    """
    database = request.getfixturevalue("postgresql") if getattr(request, "param", "sqlite") == "postgresql" else None
    bench = Bench(tmp_path / "home", database=database)
    bench.home.mkdir()
    yield bench
    for process in bench.started:
        process.kill()
    for name in ("sleeping.txt", "matching.txt", "grandchildren.txt"):
        for pid in bench.pids(name):
            if not gone(pid):
                psutil.Process(pid).kill()


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until a condition holds; fail if it does not in time."""

    def wait(condition: Callable[[], object], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "what was waited for did not happen"
            time.sleep(0.02)

    return wait
