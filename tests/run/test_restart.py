"""A database server that is started again in mid-run: runners wait for it, and nothing is lost or done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import Bench
from crowd import crowd

pytestmark = pytest.mark.slow


def test_runners_go_on_after_the_server_was_started_again_and_one_was_killed(
    bench: Bench, postgres_server, tmp_path: Path
) -> None:
    seen = crowd(bench, postgres_server, runners=3, seeds=12, reference=tmp_path / "alone", down=1.0)
    assert dict(seen.states) == {"done": 24}
    assert seen.evaluated_again <= 1, "the cell that the killed runner was at"
    assert seen.waited >= 1
    assert (seen.done_twice, seen.other_scores, seen.tracebacks) == (0, 0, 0)
    assert (seen.processes_left, seen.pending_left) == (0, 0)


def test_patience_ends_with_one_error_and_the_same_command_goes_on(bench: Bench, postgres_server, eventually) -> None:
    bench.database = postgres_server.url
    arguments = ("-m", "constant", "-s", "0", "-s", "1", "-s", "2", "--workers", "1", "--set", "constant.seconds=1")
    runner = bench.start(*arguments, SUITE_STORE_PATIENCE="2")
    eventually(bench.evaluations)
    postgres_server.control("halt")
    output, _ = runner.communicate(timeout=120)
    postgres_server.control("resume")
    assert runner.returncode == 2
    assert output.count("error: the store does not answer") == 1
    assert "Traceback" not in output
    again = bench.start(*arguments)
    output, _ = again.communicate(timeout=120)
    assert again.returncode == 0, output
    assert {run.state for run in bench.all_runs()} == {"done"}
    assert sum(bench.evaluations().values()) <= 4
