"""What the board reads: a run of each cell, and scores as arrays, task by task or all at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from suite.contracts import Interval
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult, ScoreRow
from suite.store.stored import parsed
from suite.store.writing import Writer

Cell = Callable[[int], CellRow]
INTERVAL = Interval(0.1, 0.9, 0.95, "samples", 10)


def scored(*scores: tuple[str, str, float, bool], **about: object) -> RunResult:
    rows = (ScoreRow(metric, "1", subset, value, 1, partial, INTERVAL) for metric, subset, value, partial in scores)
    return RunResult("done", scores=tuple(rows), **about)


@pytest.fixture
def filled(url: str, cell: Cell) -> dict[str, str]:
    """A store of two tasks; returns the runs by name."""
    writer = Writer(url)
    runs: dict[str, str] = {}

    def run(name: str, of: CellRow, result: RunResult | None) -> None:
        runs[name] = writer.claim(of, [])
        if result is not None:
            writer.end(runs[name], result)

    other = replace(cell(7), id="o" * 64, task="other/task", identity=json.dumps({"method_source": "abc"}))
    run("failed first", cell(0), RunResult("failed"))
    run("done", cell(0), scored(("b", "near", 0.5, True), ("a", "far", 0.25, False), facts={"x": "y"}))
    run("without", cell(1), scored(("b", "near", 1 / 3, False)))
    run("failed", cell(2), RunResult("failed"))
    run("running", cell(3), None)
    run("other", other, scored(("c", "all", 7.0, False)))
    writer.close()
    return runs


def test_a_cell_has_its_finished_run_or_else_its_latest(url: str, cell: Cell, filled: dict[str, str]) -> None:
    runs, _ = Reader(url).columns([cell(0).task])
    assert {run.id: run.state for run in runs} == {
        filled["done"]: "done",
        filled["without"]: "done",
        filled["failed"]: "failed",
        filled["running"]: "running",
    }
    done = next(run for run in runs if run.id == filled["done"])
    assert (done.attempt, done.seed, done.method, done.source) == (2, 0, cell(0).method, None)
    assert (parsed(done.facts), parsed(done.parameters)) == ({"x": "y"}, cell(0).parameters)
    assert parsed(done.facts) is parsed(done.facts)


def test_scores_are_an_array_with_gaps(url: str, cell: Cell, filled: dict[str, str]) -> None:
    _, scores = Reader(url).columns([cell(0).task])
    assert sorted(scores.columns) == [("a", "far"), ("b", "near")]
    near, far = scores.columns.index(("b", "near")), scores.columns.index(("a", "far"))
    done, without = scores.rows[filled["done"]], scores.rows[filled["without"]]
    assert (scores.values[done, near], scores.values[done, far], scores.values[without, near]) == (0.5, 0.25, 1 / 3)
    assert np.isnan(scores.values[without, far])
    assert np.isnan(scores.values[-1]).all()
    assert scores.partial[done].tolist() == [near == 0, near == 1]


def test_all_at_once_says_the_same_as_task_by_task(url: str, cell: Cell, filled: dict[str, str]) -> None:
    reader = Reader(url)
    everything = reader.all_scores()
    for task in (cell(0).task, "other/task"):
        runs, alone = reader.columns([task])
        same, among = reader.columns([task], everything)
        assert same == runs
        assert sorted(alone.columns) == sorted(among.columns)
        order = [among.columns.index(name) for name in alone.columns]
        for run in alone.rows:
            np.testing.assert_array_equal(alone.values[alone.rows[run]], among.values[among.rows[run]][order])
            np.testing.assert_array_equal(alone.partial[alone.rows[run]], among.partial[among.rows[run]][order])
    ((run,), scores) = reader.columns(["other/task"], everything)
    assert (run.source, scores.columns, scores.values.tolist()[0]) == ("abc", (("c", "all"),), [7.0])


def test_nothing_is_read_of_nothing(url: str) -> None:
    Writer(url).close()
    runs, scores = Reader(url).columns(["no/task"])
    assert (runs, scores.columns, scores.values.shape) == ([], (), (1, 0))
    assert Reader(url).intervals([]) == {}


def test_what_was_written_first_comes_first(url: str, filled: dict[str, str]) -> None:
    assert Reader(url).recorded(filled["done"]) == [("b", "near"), ("a", "far")]


def test_intervals_are_read_for_the_runs_that_need_them(url: str, filled: dict[str, str]) -> None:
    assert Reader(url).intervals([filled["without"], *map(str, range(1200))]) == {
        (filled["without"], "b", "near"): INTERVAL
    }
