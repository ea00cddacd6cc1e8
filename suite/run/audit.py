"""Auditing a store: whether each finished run agrees with itself, where what it says follows from something else.

A cell's id is the hash of its identity, samples are named by their hash, and scores follow from samples. Times, costs
and texts follow from nothing: that they are as they were recorded, `suite.store.seals` tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from suite.contracts import Task
from suite.errors import SuiteError
from suite.hashing import text_digest
from suite.registry import Registry
from suite.run.identity import metric_keys
from suite.run.scoring import agree, scores_of
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.rows import CellRow, RunRow
from suite.store.samples import samples_path, sound_samples

SAMPLES_DAMAGED = "its samples are damaged"


def contradictions(settings: Settings, registry: Registry) -> Iterator[tuple[RunRow, str]]:
    """Yield each run of the store that contradicts itself, with how. Scores are computed again from all samples.

    Raises:
        SuiteError: there is no store, it does not answer, or its pages are damaged.
    """
    reader = Reader(settings.database_url)
    try:
        for run in reader.latest_runs():
            why = _of_cell(run.cell) or (_of_samples(run, settings, registry) if run.state == "done" else None)
            if why is not None:
                yield run, why
    finally:
        reader.close()


def _of_cell(cell: CellRow) -> str | None:
    if text_digest(cell.identity) != cell.id:
        return "its cell's id is not the hash of its identity"
    identity = json.loads(cell.identity)
    columns = ("task", "task_version", "method", "method_version", "seed")
    odd = [name for name in columns if identity.get(name) != getattr(cell, name)]
    odd += [name for name, value in identity.get("setting", {}).items() if cell.setting.get(name) != value]
    odd += [name for name, value in identity.get("parameters", {}).items() if cell.parameters.get(name) != value]
    return f"its cell and the identity of that disagree on {', '.join(odd)}" if odd else None


def _of_samples(run: RunRow, settings: Settings, registry: Registry) -> str | None:
    if run.samples is None or not samples_path(settings, run.samples).exists():
        return None
    if sound_samples(settings, run.samples) is None:
        return f"{SAMPLES_DAMAGED}: {samples_path(settings, run.samples)}"
    if run.cell.task not in registry.tasks:
        return None
    task = registry.tasks[run.cell.task]()
    if json.loads(run.cell.identity).get("metrics") != metric_keys(task):
        return None  # suite rescore gives it today's
    return _of_scores(run, task, settings)


def _of_scores(run: RunRow, task: Task, settings: Settings) -> str | None:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(samples_path(settings, run.samples or ""))
    try:
        made = {str(score.column): score for score in scores_of(task, task.samples.read(table))}
    except SuiteError:  # samples of a version that the task no longer reads
        return None
    except Exception as error:  # third-party: whatever it is, the other runs are looked at
        return f"its scores cannot be computed from its samples: {type(error).__name__}: {error}"
    kept = {f"{score.metric} {score.subset}": score for score in run.scores}
    odd = sorted(name for name in {**made, **kept} if not agree(made.get(name), kept.get(name)))
    return f"its scores are not those of its samples: {', '.join(odd[:3])}" if odd else None
