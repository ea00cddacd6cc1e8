"""Cells are given back on SIGTERM, waited for with ``--wait``, and taken away by ``suite cancel``."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
import typer
from bench import gone
from typer.testing import CliRunner

from suite.cli.main import app
from suite.cli.stopping import SIGNALS, stoppable
from suite.run import others
from suite.store.engine import writer_engine
from suite.store.writing import Writer


@pytest.fixture
def command(bench, monkeypatch: pytest.MonkeyPatch):
    """Run a command of the suite on the bench's home, in this process."""
    monkeypatch.setenv("SUITE_HOME", str(bench.home))
    monkeypatch.setenv("SUITE_PLUGINS", str(bench.plugin))
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture
def elsewhere(bench):
    """Have another host's runner take the cell of ``constant``; returns its writer and the run."""
    bench.run("constant", seeds=(0,))
    cell = bench.runs()["constant", 0].cell
    for path in bench.home.glob("suite.db*"):
        path.unlink()
    writer = Writer(bench.settings().database_url)
    writer.owner = "elsewhere:1:1.00"
    yield writer, writer.claim(cell, ["run"])
    writer.close()


def states(bench) -> list[str]:
    """Return the state of every attempt, in the order in which they began."""
    engine = writer_engine(bench.settings().database_url)
    with engine.begin() as connection:
        found = [row[0] for row in connection.exec_driver_sql("SELECT state FROM run ORDER BY started, attempt")]
    engine.dispose()
    return found


def send(*numbers: signal.Signals) -> None:
    """Send signals to this process, and give it time to hear them."""
    for number in numbers:
        os.kill(os.getpid(), number)
    time.sleep(10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_a_command_ends_with_a_word_and_the_status_of_its_signal(number: signal.Signals, capsys) -> None:
    before = {each: signal.getsignal(each) for each in SIGNALS}
    with pytest.raises(typer.Exit) as ended, stoppable("all is well"):
        send(number)
    assert ended.value.exit_code == 128 + number
    word = "interrupted" if number == signal.SIGINT else f"stopped by {number.name}"
    assert capsys.readouterr().err == f"{word}; all is well\n"
    assert {each: signal.getsignal(each) for each in SIGNALS} == before


def test_a_signal_that_is_ignored_stays_so_and_a_lost_terminal_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError("no terminal any more")

    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    monkeypatch.setattr("suite.cli.stopping.echo", gone)
    try:
        with pytest.raises(typer.Exit) as ended, stoppable("all is well"):
            send(signal.SIGHUP, signal.SIGTERM)
        assert ended.value.exit_code == 143
        with pytest.raises(OSError, match="the disk"), stoppable("all is well"):
            raise OSError("the disk")
    finally:
        signal.signal(signal.SIGHUP, former)


def test_a_runner_that_leaves_cells_to_another_one_says_so(bench, elsewhere, command) -> None:
    ended = command("run", "-t", "fast/count", "-m", "constant", "-s", "0")
    assert ended.exit_code == 3, ended.output
    assert "1 cell left to another runner" in ended.output
    assert "suite run --wait" in ended.output


def test_who_waits_takes_over_what_another_one_gives_back(bench, elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "LOOK_SECONDS", 0.05)
    writer, run = elsewhere
    timer = threading.Timer(0.3, writer.release, [run])
    timer.start()
    summary = bench.run("constant", seeds=(0,), wait=True)
    timer.join()
    assert (summary.states, summary.elsewhere) == ({"done": 1}, 0)
    assert states(bench) == ["stale", "done"]


def test_who_waits_gets_what_another_one_has_done(bench, elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    from suite.store.rows import RunResult

    monkeypatch.setattr(others, "LOOK_SECONDS", 0.05)
    writer, run = elsewhere
    timer = threading.Timer(0.3, writer.end, [run, RunResult("failed", error="no")])
    timer.start()
    summary = bench.run("constant", seeds=(0,), wait=True)
    timer.join()
    assert (summary.states, summary.elsewhere, summary.failed_before) == ({}, 0, 1)


@pytest.mark.slow
def test_who_waits_does_so_until_the_time_is_over(bench, elsewhere) -> None:
    summary = bench.run("constant", seeds=(0,), wait=True, limit=3.0)
    assert (summary.states, summary.elsewhere) == ({}, 1)


@pytest.mark.slow  # a process of its own: 7 s of CPU
def test_a_cell_is_cancelled_the_others_go_on_and_sigterm_gives_these_back(bench, eventually, command) -> None:
    runner = bench.start("-m", "sleeps", "-m", "constant", "-s", "0", "-s", "1", "--workers", "2")
    eventually(lambda: len(bench.pids("sleeping.txt")) == 2)
    ended = command("cancel", bench.runs()["sleeps", 0].id[:8])
    assert (ended.exit_code, "1 cell cancelled" in ended.output) == (0, True), ended.output
    eventually(lambda: [run.state for run in bench.runs().values()].count("done") == 2)
    cancelled, runs = bench.pids("sleeping.txt"), bench.runs()
    assert (runs["sleeps", 0].state, runs["sleeps", 0].error) == ("stale", "cancelled by suite cancel")
    assert runs["sleeps", 1].state == "running"
    eventually(lambda: sum(map(gone, cancelled)) == 1)
    runner.send_signal(signal.SIGTERM)
    output, _ = runner.communicate(timeout=30)
    assert runner.returncode == 143
    assert "stopped by SIGTERM; what finished is recorded" in output
    assert "Traceback" not in output
    assert all(map(gone, cancelled))
    assert sorted(states(bench)) == ["done", "done", "stale", "stale"]
    assert list((bench.home / "pending").iterdir()) == []
    assert bench.run("sleeps", seeds=(0,), time_limit=0.5).states == {"timeout": 1}, "who asks for it gets it"


def test_a_cancelled_cell_is_left_by_who_planned_it_before_and_by_who_waits(bench, elsewhere) -> None:
    writer, run = elsewhere
    cell = writer.runs([run])[run][-1]
    assert writer.cancel(run, "a test")
    assert writer.claim(cell, [], attempts=0) is None
    assert writer.claim(cell, [], attempts=1) is not None


@pytest.mark.parametrize(
    ("arguments", "said"), [((), "no run is given"), (("0123",), "no run starts with"), (("0",), "is not running")]
)
def test_what_cannot_be_cancelled_is_said(bench, elsewhere, command, arguments: tuple[str, ...], said: str) -> None:
    writer, run = elsewhere
    writer.release(run)
    arguments = (run,) if arguments == ("0",) else arguments
    assert said in str(command("cancel", *arguments).exception)


def test_cells_are_cancelled_by_patterns(bench, elsewhere, command) -> None:
    assert "0 cells cancelled" in command("cancel", "-m", "twin").output
    assert "1 cell cancelled" in command("cancel", "-t", "fast/*", "-m", "const*").output
    assert states(bench) == ["stale"]


def test_a_cell_whose_runner_died_comes_last_and_alone_and_is_given_up_in_the_end(bench, elsewhere) -> None:
    writer, run = elsewhere
    cell = writer.runs([run])[run][-1]
    writer.owner = "here:1:1.00"
    for _ in range(2):
        writer.orphan(run)
        run = writer.claim(cell, ["run"])
    writer.orphan(run)
    summary = bench.run("constant", "twin", seeds=(0,))
    assert summary.states == {"done": 1, "killed": 1}
    found = bench.runs()["constant", 0]
    assert (found.state, found.error) == ("killed", "its runner was killed while it ran, 3 times")
    assert bench.run("constant", seeds=(0,)).failed_before == 1
    assert bench.run("constant", seeds=(0,), retry_failed=True).states == {"done": 1}
