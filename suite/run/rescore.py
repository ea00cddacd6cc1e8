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
from suite.run.record import read_samples
from suite.run.result import Result, check_result
from suite.store.reading import Reader
from suite.store.rows import CellRow, Ending, RunRow, ScoreRow
from suite.store.writing import Writer


@dataclass
class Rescored:
    """How many runs were rescored, how many needed it not, and why some could not be."""

    done: int = 0
    current: int = 0
    errors: list[str] = field(default_factory=list)


def rescore(resources: Resources, tasks: Sequence[Task]) -> Rescored:
    """Give every finished run whose cell has older metrics a cell with today's, with scores from its samples.

    The old cell and its run stay. The new run keeps the old one's cost, provenance and samples, and names it.
    """
    url = resources.settings.database_url
    reader, summary = Reader(url), Rescored()
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
                summary.done += _rescore(task, reader.run(old.id), resources, writer)
            except SuiteError as error:
                summary.errors.append(f"{old.cell.task} {old.cell.method} seed {old.cell.seed}: {error}")
    finally:
        writer.close()
        reader.close()
    return summary


def _rescore(task: Task, old: RunRow, resources: Resources, writer: Writer) -> bool:
    """Record the new scores; tells whether there was anything to do."""
    samples = read_samples(resources.settings, old.samples)
    scores = None if samples is None else task.rescore(samples)
    if scores is None:
        raise SuiteError(
            "its samples are not at hand" if samples is None else "its task cannot compute scores from samples",
            place=f"run {old.id}",
            next=f"suite run --task {task.id}",
        )
    cell = _cell(task, old.cell, resources)
    wrong = check_result(task, Result(state="done", scores=scores, missing=tuple(old.missing)))
    if wrong is not None:
        raise SuiteError(wrong, place=f"run {old.id}", next=f"suite run --task {task.id}")
    run = writer.claim(cell, sys.argv[1:])
    if run is None:
        return False
    versions = {metric.name: metric.version for metric in task.metrics}
    writer.end(
        run,
        Ending(
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
            scores=tuple(ScoreRow.of(score, versions) for score in scores),
        ),
    )
    return True


def _cell(task: Task, old: CellRow, resources: Resources) -> CellRow:
    """Return the cell that a run with today's metrics would have; its data and models must be those of then."""
    identity = {**json.loads(old.identity), "metrics": metric_keys(task)}
    found = known_ingredients(task, old.seed, resources)
    if found is None or found.fingerprints != identity["ingredients"]:
        raise SuiteError(
            "its data or reference model is not at hand, or is another now",
            place=old.task,
            next=f"suite run --task {task.id}",
        )
    return CellRow(
        **{
            **vars(old),
            "id": digest(identity),
            "identity": canonical_json(identity),
            "protocol": protocol_digest(task, found),
        }
    )
