"""A server that does not come back in time, and a second runner in a container of the same host name.

``pytest tests/stress/test_hard_ends.py -n 0`` takes a minute.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench
from crowd import wait_for

CONTAINER = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench with an empty home."""
    bench = Bench(tmp_path / "home")
    bench.home.mkdir()
    yield bench
    for process in bench.started:
        process.kill()


def test_patience_ends_with_one_error_and_the_same_command_goes_on(bench: Bench, postgres_server) -> None:
    bench.database = postgres_server.url
    arguments = ("-m", "constant", "-s", "0", "-s", "1", "-s", "2", "--workers", "1", "--set", "constant.seconds=1")
    runner = bench.start(*arguments, SUITE_STORE_PATIENCE="2")
    wait_for(bench, 1, [runner])
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


def test_a_runner_in_another_container_of_the_same_host_name_is_not_taken_for_dead(bench: Bench) -> None:
    if shutil.which("unshare") is None or subprocess.run([*CONTAINER, "true"], capture_output=True).returncode:
        pytest.skip("PID namespaces cannot be made here")
    other = bench.start("-m", "sleeps", "-s", "0")
    wait_for(bench, 1, [other])
    contained = bench.start("-m", "sleeps", "-m", "constant", "-s", "0", before=CONTAINER)
    output, _ = contained.communicate(timeout=120)
    other.kill()
    other.communicate()
    assert "1 cell run, 1 cell left to another runner" in output
    assert bench.evaluations() == {"sleeps 0": 1, "constant 0": 1}
    assert {method: (run.state, run.attempt) for (method, _), run in bench.runs().items()} == {
        "sleeps": ("running", 1),
        "constant": ("done", 1),
    }
