"""Resume: the same command goes on from where it stopped, and runs nothing twice."""

from __future__ import annotations

import pytest
from bench import on_both

from suite.board.artifact import load_board
from suite.errors import SuiteError
from suite.registry import load_registry


@on_both
def test_a_second_run_runs_nothing(bench) -> None:
    first = bench.run("constant", "twin")
    assert (first.states, first.done_before) == ({"done": 4}, 0)
    before = bench.runs()
    second = bench.run("constant", "twin")
    assert (second.states, second.done_before) == ({}, 4)
    assert second.clean
    assert bench.runs() == before
    assert set(bench.evaluations().values()) == {1}
    board = load_board(bench.settings(), load_registry((bench.plugin,)))
    shown = {run.run for entry in board.entries for row in board.table(entry).rows for run in row.runs}
    assert shown == {run.id for run in before.values()}


def test_what_is_new_is_run_beside_what_is_done(bench) -> None:
    bench.run("constant", seeds=(0,))
    summary = bench.run("constant", "twin", seeds=(0, 1))
    assert (summary.states, summary.done_before) == ({"done": 3}, 1)
    assert sum(bench.evaluations().values()) == 4


def test_workers_device_and_limits_are_no_reason_to_run_again(bench) -> None:
    bench.run("constant", workers=1, device="auto")
    summary = bench.run("constant", workers=2, device="cpu", time_limit=9, memory_limit=8)
    assert (summary.states, summary.done_before) == ({}, 2)


def test_a_failure_is_settled_until_a_retry_is_asked_for(bench) -> None:
    assert bench.run("constant", "raises", seeds=(0,)).states == {"done": 1, "failed": 1}
    again = bench.run("constant", "raises", seeds=(0,))
    assert (again.states, again.done_before, again.failed_before) == ({}, 1, 1)
    assert bench.evaluations()["raises 0"] == 1
    (bench.home / "mended").touch()
    retried = bench.run("constant", "raises", seeds=(0,), retry_failed=True)
    assert (retried.states, retried.done_before) == ({"done": 1}, 1)
    run = bench.runs()["raises", 0]
    assert (run.state, run.attempt) == ("done", 2)
    assert bench.evaluations() == {"constant 0": 1, "raises 0": 2}


def test_another_parameter_is_another_cell(bench) -> None:
    bench.run("constant", seeds=(0,))
    changed = (("constant", "value", "0.25"),)
    assert bench.run("constant", seeds=(0,), overrides=changed).states == {"done": 1}
    assert bench.run("constant", seeds=(0,), overrides=changed).done_before == 1
    assert sorted(run.cell.parameters["value"] for run in bench.all_runs()) == [0.25, 0.5]


def test_a_default_that_is_spelled_out_is_the_same_cell(bench) -> None:
    bench.run("constant", seeds=(0,))
    assert bench.run("constant", seeds=(0,), overrides=(("fast/constant", "value", "0.50"),)).done_before == 1


def test_a_task_that_cannot_be_prepared_does_not_stop_the_others(bench) -> None:
    summary = bench.run("constant", tasks=("fast/count", "fast/unprepared"), seeds=(0,))
    assert summary.states == {"done": 1}
    assert len(summary.errors) == 1
    assert (
        "fast/unprepared seed 0 could not be prepared (failed): RuntimeError: the reference model" in summary.errors[0]
    )
    assert not summary.clean


def test_missing_data_is_said_and_nothing_is_run(bench) -> None:
    (bench.home / "numbers.missing").touch()
    summary = bench.run("constant", seeds=(0,))
    assert (summary.states, bench.evaluations()) == ({}, {})
    assert "required data is missing" in summary.errors[0]


def test_nothing_to_run_is_said(bench) -> None:
    with pytest.raises(SuiteError, match="no method that was asked for is of the track fast"):
        bench.run("ood/energy")


def test_the_scores_samples_and_facts_are_those_of_the_method(bench) -> None:
    import pyarrow.parquet

    from suite.hashing import file_digest
    from suite.store.samples import samples_path

    bench.run("twin")
    for seed in (0, 1):
        run = bench.runs()["twin", seed]
        (score,) = run.scores
        assert (score.metric, score.metric_version, score.subset, score.n) == ("accuracy", "1", "all", 10)
        path = samples_path(bench.settings(), run.samples)
        assert file_digest(path) == run.samples
        assert pyarrow.parquet.read_table(path).to_pylist() == [{"seed": seed, "answer": score.value}]
        assert (run.facts, run.cost) == ({"seed": str(seed)}, {"answers": 1.0})
    assert list((bench.home / "pending").iterdir()) == []
