"""Failures are data: each has its state and its reason, and the other cells do not notice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from bench import Bench, gone

from suite.run.worker import _failure
from suite.store.logs import Logs
from suite.store.rows import RunRow

TIME_LIMIT, MEMORY_LIMIT = 3, 0.8
EXPECTED = {
    "raises": ("failed", "RuntimeError: the method broke"),
    "exits": ("failed", "SystemExit: enough"),
    "interrupts": ("failed", "KeyboardInterrupt: not the user's"),
    "wordless": ("failed", "Broken: an exception whose text cannot be made"),
    "sleeps": ("timeout", "over the wall-clock limit of 3 s"),
    "holds-the-interpreter": ("timeout", "over the wall-clock limit of 3 s"),
    "allocates": ("out-of-memory", "over the memory limit of 0.8 GiB"),
    "memory-error": ("out-of-memory", "MemoryError: no 100 TB here"),
    "nan": ("invalid", "Score.value = nan: Input should be a finite number"),
    "out-of-bounds": ("invalid", "accuracy all = 1.5 is outside the metric's bounds (0.0, 1.0)"),
    "undeclared-metric": ("invalid", "score of undeclared metric 'charm'"),
    "undeclared-subset": ("invalid", "score on undeclared subset 'best'"),
    "other-samples": ("invalid", "the task returned samples of type Samples. They must be Answers"),
    "no-primary": ("invalid", "no score for the primary column accuracy all"),
    "wrong-type": ("invalid", "Score.value = 'excellent': Input should be a valid number"),
    "no-outcome": ("invalid", "the task returned dict. It must return an Outcome"),
    "full-folder": ("failed", "OSError: [Errno 28] No space left on device: '/tmp/mine'"),
    "os-exit": ("killed", "exited with status 7 before it wrote a result"),
    "chatters": ("killed", "exited with status 3 before it wrote a result"),
    "sigkill": ("killed", "killed by signal 9 (somebody else's, or its own); 3 times, the last time alone"),
    "segfault": ("killed", "killed by signal 11 (SIGSEGV)"),
}
GOOD = (
    "constant",
    "grandchild",
    "leaves-a-daemon",
    "leaves-a-thread",
    "twin",
    "control",
    "fails-at-large",
    "paired",
    "told",
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, dict[str, RunRow]]]:
    """Every method of the fast plugin, run once."""
    bench = Bench(tmp_path_factory.mktemp("failures"))
    summary = bench.run("*", seeds=(0,), time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT)
    assert not summary.clean
    assert sum(summary.states.values()) == len(EXPECTED) + len(GOOD)
    yield bench, {name: run for (name, _), run in bench.runs().items()}
    for pid in bench.pids("grandchildren.txt"):
        if not gone(pid):
            psutil.Process(pid).kill()


@pytest.mark.parametrize("method", EXPECTED)
def test_a_failure_has_its_state_and_reason(ran: tuple[Bench, dict[str, RunRow]], method: str) -> None:
    run = ran[1][method]
    state, reason = EXPECTED[method]
    assert (run.state, run.scores) == (state, ())
    assert reason in run.error
    assert "\n" not in run.error


def test_every_method_of_the_plugin_is_covered(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    assert set(ran[1]) == {*EXPECTED, *GOOD}


@pytest.mark.parametrize("method", GOOD)
def test_good_methods_do_not_notice(ran: tuple[Bench, dict[str, RunRow]], method: str) -> None:
    run = ran[1][method]
    assert (run.state, run.error, len(run.scores)) == ("done", None, 1)


def test_an_exception_keeps_its_traceback(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    assert 'raise RuntimeError("the method broke")' in ran[1]["raises"].traceback


def test_a_killed_method_keeps_the_end_of_its_output(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    text = ran[1]["chatters"].traceback
    assert text.endswith("the last line\n")
    assert len(text) <= 20_000
    assert "\0" not in text, "PostgreSQL cannot store it"


def test_what_a_method_printed_is_kept_beside_the_samples(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    logs = Logs(ran[0].settings())
    text = logs.read(ran[1]["chatters"].id)
    assert text.startswith("--- printed\nnoise")
    assert "the last line" in text
    assert [file.name for file in logs.files()] == [logs.path(ran[1]["chatters"].id).name], "the others print nothing"


def test_a_process_that_a_finished_method_left_behind_is_killed(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    pids = ran[0].pids("grandchildren.txt")
    assert len(pids) == 2, "a child and a daemon"
    assert all(gone(pid) for pid in pids)


def test_a_daemon_of_a_method_that_ends_at_once_is_killed(bench) -> None:
    summary = bench.run("leaves-a-daemon", seeds=(0,), overrides=(("leaves-a-daemon", "dies", "true"),))
    assert summary.states == {"killed": 1}
    (pid,) = bench.pids("grandchildren.txt")
    assert gone(pid)


def test_a_thread_that_a_method_leaves_does_not_hold_its_place(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suite.run.executors.child.GRACE_SECONDS", 0.2)
    started = time.monotonic()
    assert bench.run("leaves-a-thread", "constant", seeds=(0,), time_limit=600).states == {"done": 2}
    assert time.monotonic() - started < 60


def test_a_killed_methods_process_is_gone(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    pids = ran[0].pids("sleeping.txt") + ran[0].pids("matching.txt")
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


def test_each_was_evaluated_once_and_nothing_is_pending(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    again = {"sigkill 0": 3}  # who is killed by a signal from outside, as far as anybody can tell
    evaluations = ran[0].evaluations()
    assert evaluations == {**dict.fromkeys(evaluations, 1), **again}
    assert list(Path(ran[0].home / "pending").iterdir()) == []


def test_time_and_memory_are_recorded_of_good_runs_and_of_killed_ones(ran: tuple[Bench, dict[str, RunRow]]) -> None:
    killed = ran[1]["sleeps"]
    assert killed.wall_seconds >= TIME_LIMIT
    assert ran[1]["allocates"].peak_memory_bytes > MEMORY_LIMIT * 2**30
    assert killed.threads == 1
    run = ran[1]["twin"]
    assert 0 < run.wall_seconds < TIME_LIMIT
    assert run.peak_memory_bytes > 2**24
    assert (run.device, run.threads) == ("cpu", 1)


def test_a_process_started_by_a_method_that_is_killed_is_killed_too(bench) -> None:
    summary = bench.run("grandchild", seeds=(0,), overrides=(("grandchild", "waits", "true"),), time_limit=2)
    assert summary.states == {"timeout": 1}
    (pid,) = bench.pids("grandchildren.txt")
    assert gone(pid)


def test_a_note_on_an_exception_is_in_the_line_that_tells_of_it() -> None:
    error = ValueError("a value is not finite")
    error.add_note("at the strength 'a fifth'")
    assert _failure("failed", error).error == "ValueError: a value is not finite (at the strength 'a fifth')"
