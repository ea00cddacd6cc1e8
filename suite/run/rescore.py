"""Rescoring: scores by the metrics as they are now, from stored per-sample tables, with no inference."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from suite.contracts import Resources, Task
from suite.errors import SuiteError
from suite.hashing import canonical_json, digest
from suite.run.identity import known_ingredients, metric_keys, protocol_digest
from suite.run.networks import stand_in
from suite.run.result import Result, check_result
from suite.run.scoring import scores_of
from suite.source import task_source
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunResult, RunRow, ScoreRow
from suite.store.samples import read_table
from suite.store.writing import Writer


@dataclass
class RescoreSummary:
    """Counts of runs that were rescored and that were current already, and the errors of the rest."""

    done: int = 0
    current: int = 0
    errors: list[str] = field(default_factory=list)


def rescore(resources: Resources, tasks: Sequence[Task]) -> RescoreSummary:
    """Give every finished run whose cell has older metrics a cell with today's, with scores from its samples.

    The old cell and its run stay. The new run names the old one, and keeps its cost, provenance, isolation and samples.
    """
    url = resources.settings.database_url
    reader, summary = Reader(url), RescoreSummary()
    writer = Writer(url)
    by_id = {task.id: task for task in tasks}
    try:
        for old in reader.latest_runs():
            task = by_id.get(old.cell.task)
            if task is None or old.state != "done" or old.cell.task_version != task.version:
                continue
            if json.loads(old.cell.identity)["metrics"] == metric_keys(task):
                summary.current += 1
                continue
            try:
                reader.check_seals([old.id])
                summary.done += _rescore(task, reader.run(old.id), resources, writer)
            except SuiteError as error:
                summary.errors.append(f"{old.cell.title}: {error}")
    finally:
        writer.close()
        reader.close()
    return summary


def _rescore(task: Task, old: RunRow, resources: Resources, writer: Writer) -> bool:
    """Record the new scores; tells whether there was anything to do."""
    table = read_table(resources.settings, old.samples)
    if table is None:
        raise SuiteError(
            "the samples of the run are missing", place=f"run {old.id}", next=f"suite run --task {task.id}"
        )
    scores = scores_of(task, task.samples.read(table))
    cell = _cell(task, old.cell, resources)
    wrong = check_result(task, Result(state="done", scores=scores, missing=tuple(old.missing)))
    if lacking := _expected(task, old) - {score.metric for score in scores}:
        wrong = f"the samples of the run do not have what {', '.join(sorted(lacking))} is made of"
    if wrong is not None:
        raise SuiteError(wrong, place=f"run {old.id}", next=f"suite run --task {task.id}")
    run = writer.claim(cell, sys.argv[1:])
    if run is None:
        return False
    versions = {metric.name: metric.version for metric in task.metrics}
    writer.end(
        run,
        RunResult(
            state="done",
            environment={**(old.environment or {}), "rescored from": old.id},
            device=old.device,
            threads=old.threads,
            wall_seconds=old.wall_seconds,
            cpu_seconds=old.cpu_seconds,
            peak_memory_bytes=old.peak_memory_bytes,
            cost=old.cost,
            facts=old.facts,
            tuning=old.tuning,
            missing=tuple(old.missing),
            ingredients=old.ingredients,
            samples=old.samples,
            isolation=old.isolation,
            scores=tuple(ScoreRow.of(score, versions) for score in scores),
        ),
    )
    return True


def _expected(task: Task, old: RunRow) -> set[str]:
    """Return the metrics that came later than the run, and those of which it has a score."""
    before = {key.partition("@")[0] for key in json.loads(old.cell.identity)["metrics"]}
    scored = {score.metric for score in old.scores}
    return {metric.name for metric in task.metrics if metric.name not in before or metric.name in scored}


def _cell(task: Task, old: CellRow, resources: Resources) -> CellRow:
    """Return the cell that a run with today's metrics would have; its data and models must be those of then."""
    recorded = json.loads(old.identity)
    identity = {**recorded, "metrics": metric_keys(task)}
    if (source := task_source(task)) != recorded.get("task_source"):  # the samples are of the code of then
        identity |= {"task_source": source, "samples_of": recorded.get("samples_of", recorded.get("task_source"))}
    setting = task.setting(old.setting)
    stand_in(task, setting, resources.cache)
    ingredients = known_ingredients(task, old.seed, resources)
    if ingredients is None or ingredients.fingerprints != identity["ingredients"]:
        raise SuiteError(
            "its data or its reference model is missing, or has changed",
            place=old.task,
            next=f"suite run --task {task.id}",
        )
    return CellRow(
        **{
            **vars(old),
            "id": digest(identity),
            "identity": canonical_json(identity),
            "protocol": protocol_digest(task, setting, ingredients),
        }
    )
