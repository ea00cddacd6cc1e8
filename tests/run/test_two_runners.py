"""Two runners at once on one store: they share the cells."""

from __future__ import annotations

import pytest

SEEDS = tuple(range(8))


@pytest.mark.slow
def test_every_cell_is_evaluated_once_failing_ones_too(bench) -> None:
    arguments = ("-m", "constant", "-m", "raises", *(word for seed in SEEDS for word in ("-s", str(seed))))
    slow = ("--set", "constant.seconds=0.05", "--workers", "1")
    runners = [bench.start(*arguments, *slow) for _ in range(2)]
    outputs = [runner.communicate(timeout=60)[0] for runner in runners]
    assert "Traceback" not in "".join(outputs)
    assert {run.state for run in bench.all_runs()} == {"done", "failed"}
    assert bench.evaluations() == {f"{method} {seed}": 1 for method in ("constant", "raises") for seed in SEEDS}
    assert all(run.attempt == 1 for run in bench.all_runs())


def test_cells_that_another_runner_has_are_left_to_it(bench, eventually) -> None:
    other = bench.start("-m", "sleeps", "-s", "0")
    eventually(lambda: bench.pids("sleeping.txt"))
    summary = bench.run("sleeps", "constant", seeds=(0,))
    assert (summary.elsewhere, summary.states) == (1, {"done": 1})
    assert summary.clean
    other.kill()
    other.communicate()
    assert bench.run("sleeps", seeds=(0,), time_limit=0.5).states == {"timeout": 1}, "its claim died with it"


@pytest.mark.slow
def test_a_cell_that_somebody_took_over_meanwhile_is_no_failure(bench, eventually) -> None:
    other = bench.start("-m", "constant", "-s", "0", "--set", "constant.seconds=2")
    eventually(bench.evaluations)
    bench.execute("UPDATE run SET owner = 'elsewhere:1:1.00', lease_until = '2001-01-01 00:00:00'")
    assert bench.run("constant", seeds=(0,), overrides=(("constant", "seconds", "2"),)).states == {"done": 1}
    output, _ = other.communicate(timeout=60)
    assert other.returncode == 0, output
    assert "1 cell ended late: another runner took over" in output
