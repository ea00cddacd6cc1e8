"""A plugin that is edited while a run is under way: no score is filed under a source that did not make it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench, Steps

from suite.board.artifact import load_board
from suite.contracts import Job, JobExit
from suite.errors import SuiteError
from suite.registry import Entry, Plugin, load_registry
from suite.run.executors.inline import InlineExecutor
from suite.run.runner import Runner
from suite.run.selection import Request
from suite.run.worker import _check_task


def test_a_cell_whose_method_was_edited_after_the_plan_fails(tmp_path: Path, bench) -> None:
    plugin = Path(shutil.copy(bench.plugin, tmp_path / "edited_plugin.py"))
    bench = Bench(bench.home, plugin)

    class EditsFirst(InlineExecutor):
        def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
            for job in jobs:
                if job.kind == "evaluate":
                    plugin.write_text(plugin.read_text().replace("value: float = 0.5", "value: float = 0.9"))
                yield from super().execute(iter([job]))

    registry = load_registry((plugin,))
    registry.executors.add(Entry("edits-first", EditsFirst, Plugin("test", "(file)", "", "")))
    request = Request(("fast/count",), ("constant",), (0,))
    summary = Runner(registry, bench.settings(), Steps(), "edits-first").run(request)
    assert summary.states == {"failed": 1}
    assert "was edited after the run was planned" in bench.runs()["constant", 0].error
    assert bench.evaluations() == {}
    assert bench.run("constant", seeds=(0,)).states == {"done": 1}, "the next run takes the new source"


def test_code_that_is_edited_and_put_back_shows_its_own_result(tmp_path: Path, bench) -> None:
    plugin = Path(shutil.copy(bench.plugin, tmp_path / "edited_plugin.py"))
    bench, first = Bench(bench.home, plugin), plugin.read_text()
    shown, ran = [], []
    for text in (first, first.replace("value: float = 0.5", "value: float = 0.9"), first):
        plugin.write_text(text)
        ran.append(bench.run("constant", seeds=(0,), executor="inline", workers=1).states)
        registry = load_registry((plugin,))
        tables = [table for table in load_board(bench.settings(), registry).tables if table.current]
        shown += [row.runs[0].value for table in tables for row in table.rows]
    assert ran == [{"done": 1}, {"done": 1}, {}]
    assert shown == [0.5, 0.9, 0.5]


def test_a_cell_whose_task_was_edited_after_the_plan_fails(tmp_path: Path, bench) -> None:
    job = Job("evaluate", "fast/count", 0, tmp_path, bench.settings(), "fast/constant", task_source="before")
    with pytest.raises(SuiteError, match="the source of fast/count was edited after the run was planned"):
        _check_task(load_registry((bench.plugin,)), job)
