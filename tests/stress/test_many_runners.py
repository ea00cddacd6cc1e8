"""Eight runners on one PostgreSQL, one of them killed, the server started again in mid-run: no double, no loss.

``pytest tests/stress/test_many_runners.py -n 0 -s`` takes minutes. SUITE_TEST_STRESS_SEEDS is half the number of cells.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from bench import Bench
from crowd import crowd

RUNNERS = 8
SEEDS = int(os.environ.get("SUITE_TEST_STRESS_SEEDS", "250"))


def test_many_runners_lose_and_double_nothing(postgres_server, tmp_path: Path) -> None:
    bench = Bench(tmp_path / "home")
    bench.home.mkdir()
    seen = crowd(bench, postgres_server, RUNNERS, SEEDS, tmp_path / "alone")
    print(f"\nload {os.getloadavg()[0]:.1f}")
    for name, value in asdict(seen).items():
        print(f"{name:16} {value}")
    assert dict(seen.states) == {"done": 2 * SEEDS}
    assert seen.cells == 2 * SEEDS
    assert seen.evaluated_again <= 1, "the cell that the killed runner was at, and no other"
    assert seen.waited >= 1, "a runner whose cell went on all the time that the server was down notices nothing"
    wrong = ("done_twice", "other_scores", "tracebacks", "processes_left", "pending_left")
    assert {name: getattr(seen, name) for name in wrong} == dict.fromkeys(wrong, 0)
