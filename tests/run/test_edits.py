"""A plugin that is edited while a run is under way: no score is filed under a source that did not make it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import Bench, Steps

from suite.contracts import Job, JobExit
from suite.registry import Entry, Plugin, load_registry
from suite.run.executors.inline import InlineExecutor
from suite.run.runner import Runner
from suite.run.selection import Request


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
