"""kill -9 of the runner, at any moment: nothing that finished is lost, and nothing is done twice."""

from __future__ import annotations

import json
import random
import signal

import psutil
import pytest
from bench import gone

SEEDS = tuple(range(10))
ARGUMENTS = ("-m", "constant", "-m", "twin", *(word for seed in SEEDS for word in ("-s", str(seed))))
SLOW = ("--set", "constant.seconds=0.1")
CELLS = 2 * len(SEEDS)


def test_every_cell_is_done_exactly_once_however_often_the_runner_is_killed(bench, eventually) -> None:
    settled: dict[tuple[str, int], str] = {}
    kills = 0
    for goal in (1, 9):
        runner = bench.start(*ARGUMENTS, *SLOW, "--workers", "2")
        begun = goal + kills
        eventually(lambda begun=begun: sum(bench.evaluations().values()) >= begun)
        with pytest.raises(psutil.TimeoutExpired):
            psutil.Process(runner.pid).wait(random.uniform(0.001, 0.2))
        runner.kill()
        runner.communicate()
        kills += 1
        found = {key: run.id for key, run in bench.runs().items() if run.state == "done"}
        assert settled.items() <= found.items(), "what was done stays done, by the same run"
        settled = found
    runner = bench.start(*ARGUMENTS, *SLOW, "--workers", "2")
    output, _ = runner.communicate(timeout=60)
    assert runner.returncode == 0, output
    runs = bench.runs()
    assert {key: (run.state, len(run.scores)) for key, run in runs.items()} == {
        (method, seed): ("done", 1) for method in ("constant", "twin") for seed in SEEDS
    }
    assert settled.items() <= {key: run.id for key, run in runs.items()}.items()
    assert sum(bench.evaluations().values()) <= CELLS + kills * 2, "only what was under way was begun again"
    assert list((bench.home / "pending").iterdir()) == []


@pytest.mark.parametrize(("method", "note"), [("sleeps", "sleeping.txt"), ("holds-the-interpreter", "matching.txt")])
def test_children_die_with_the_runner(bench, eventually, method: str, note: str) -> None:
    runner = bench.start("-m", method, "-s", "0")
    eventually(lambda: bench.pids(note))
    runner.kill()
    runner.communicate()
    (pid,) = bench.pids(note)
    eventually(lambda: gone(pid), seconds=10)


@pytest.mark.slow
def test_grandchildren_and_daemons_die_with_the_runner(bench, eventually) -> None:
    waits = ("--set", "grandchild.waits=true", "--set", "leaves-a-daemon.waits=true")
    runner = bench.start("-m", "grandchild", "-m", "leaves-a-daemon", "-s", "0", *waits, "--workers", "2")
    eventually(lambda: len(bench.pids("grandchildren.txt")) == 2, seconds=120)
    runner.kill()
    runner.communicate()
    pids = bench.pids("grandchildren.txt")
    eventually(lambda: all(map(gone, pids)), seconds=10)


def test_ctrl_c_keeps_what_finished_frees_the_rest_and_says_so(bench, eventually) -> None:
    runner = bench.start("-m", "constant", "-m", "sleeps", "-s", "0", "--workers", "1")
    eventually(lambda: bench.pids("sleeping.txt"))
    runner.send_signal(signal.SIGINT)
    output, _ = runner.communicate(timeout=30)
    assert runner.returncode == 130
    assert "interrupted; what finished is recorded" in output
    assert "Traceback" not in output
    (pid,) = bench.pids("sleeping.txt")
    assert gone(pid)
    states = {method: run.state for (method, _), run in bench.runs().items()}
    assert states == {"constant": "done", "sleeps": "stale"}
    assert bench.run("sleeps", seeds=(0,), time_limit=0.5).states == {"timeout": 1}
    assert list((bench.home / "pending").iterdir()) == []


def test_a_killed_run_shows_the_command_it_was_started_with(bench, eventually) -> None:
    runner = bench.start("-m", "sleeps", "-s", "0")
    eventually(lambda: bench.pids("sleeping.txt"))
    runner.kill()
    runner.communicate()
    run = bench.runs()["sleeps", 0]
    assert (run.state, run.command) == ("running", ["run", "-t", "fast/count", "-m", "sleeps", "-s", "0"])
    assert json.loads(run.cell.identity)["method"] == "fast/sleeps"
