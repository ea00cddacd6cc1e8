"""What a split run's documents are held against before they are believed: its samples, its job, its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from suite.contracts import Job, Task
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.result import SAMPLES_FILE, Result
from suite.run.scoring import agree, scores_of, undeclared
from suite.source import check_source


def isolation_of(job: Job, result: Result) -> dict[str, Any] | None:
    """Return how a run's method was kept from its judge: what the judge says only where the job was split."""
    if job.split is None:
        return {"split": False, "why": job.unsplit} if job.unsplit else None
    said = result.isolation or {}
    confined = [word for word in said.get("confined", []) if isinstance(word, str)]
    return {"split": True, "confined": confined, "container": job.split.container, "order": job.split.order}


def unbelievable(registry: Registry, task: Task, job: Job, result: Result) -> str | None:
    """Return why the result of a split job that says it is done is not believed, or None.

    Its scores have to be those that its samples give in this process, every one of them.
    """
    assert job.split is not None
    if (result.isolation or {}).get("order") != job.split.order:
        return "its judge does not know the secret of the order that it was given"
    table, wrong = _table(job.folder / SAMPLES_FILE), None
    if table is None:
        return "there are no samples that its scores could follow from"
    try:
        samples = task.samples.read(table)
        wrong = undeclared(task, samples) or None
        again = scores_of(task, samples)
    except Exception as error:  # whatever samples break that no judge wrote, it stops no other cell
        return f"its samples do not belong to the task: {type(error).__name__}: {error}"
    if wrong is None:
        ours, theirs = ({score.column: score for score in scores} for scores in (again, result.scores))
        odd = sorted(str(column) for column in {**ours, **theirs} if not agree(ours.get(column), theirs.get(column)))
        wrong = f"its scores are not those of its samples: {', '.join(odd[:3])}" if odd else None
    return wrong or _edited(registry, job)


def _table(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet

    try:
        return pyarrow.parquet.read_table(path)
    except (pa.ArrowException, OSError):
        return None


def _edited(registry: Registry, job: Job) -> str | None:
    """Return that a method's source is another one now than when it was planned, or None."""
    planned = {job.method: job.source, **{each["method"]: each["source"] for each in job.partners.values()}}
    for name, source in planned.items():
        try:
            check_source(registry.methods.entry(str(name)), source)
        except (SuiteError, OSError) as error:
            return f"its source was edited while it ran: {getattr(error, 'place', error)}"
    return None
