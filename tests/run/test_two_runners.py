"""Two runners at once on one store: they share the cells."""

from __future__ import annotations

SEEDS = tuple(range(8))


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
