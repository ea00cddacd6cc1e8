"""Judging runs that were made elsewhere by what their task declares here, if it is installed."""

from __future__ import annotations

import json
from collections.abc import Callable

from suite.contracts import Score
from suite.registry import Registry
from suite.run.identity import metric_keys
from suite.run.reproduce.verdict import CLOCK
from suite.run.result import Result, check_result
from suite.store.transfer.document import RunPart


def judge(registry: Registry) -> Callable[[RunPart], tuple[str, frozenset[str]]]:
    """Return what says of a run what is wrong with its scores, and which of its metrics a clock measures.

    Nothing is said of a task that is not installed, or that has another version or other metrics here.
    """

    def judged(run: RunPart) -> tuple[str, frozenset[str]]:
        if run.cell.task not in registry.tasks:
            return "", frozenset()
        task = registry.tasks[run.cell.task]()
        clocks = frozenset(metric.name for metric in task.metrics if metric.unit == CLOCK)
        if task.version != run.cell.task_version or json.loads(run.cell.identity)["metrics"] != metric_keys(task):
            return "", clocks
        scores = tuple(Score.model_validate(part.model_dump(exclude={"metric_version"})) for part in run.scores)
        result = Result(state="done", scores=scores, missing=tuple(run.missing))
        return (check_result(task, result) or "" if run.state == "done" else ""), clocks

    return judged
