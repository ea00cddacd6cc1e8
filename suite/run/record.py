"""Recording: from a worker's folder to the store, losing nothing whatever happens in between.

The worker's documents stay in ``<home>/pending/<run id>`` until the store has them. If the disk is full or the runner
is killed before that, the next run finds and records them.
"""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from suite.contracts import JobExit
from suite.hashing import sealed, unsealed
from suite.registry import Registry
from suite.run.announce import Announcer
from suite.run.provenance import environment
from suite.run.result import LOG_FILE, OUTPUT_FILE, SAMPLES_FILE, Result, check_result, read_result
from suite.run.split.check import isolation_of, unbelievable
from suite.settings import Settings
from suite.store.logs import Logs
from suite.store.owner import is_known_dead
from suite.store.rows import CellRow, RunResult, ScoreRow
from suite.store.samples import keep_samples, samples_lock
from suite.store.writing import Writer

OUTPUT_TAIL = 20_000
ENVIRONMENT_FILE = "environment.json"


class Recorder:
    """Turns results into rows of the store."""

    def __init__(self, writer: Writer, registry: Registry, settings: Settings, announcer: Announcer) -> None:
        self._writer = writer
        self._registry = registry
        self._settings = settings
        self._announcer = announcer
        self._logs = Logs(settings)

    def begin(self, cell: CellRow, folder: Path) -> None:
        """Note what the run is made with, now: whoever records its end may do so with other code."""
        made_with = environment(self._registry.methods.entry(cell.method))
        # Not synced: `_noted` does without, if need be.
        (folder / ENVIRONMENT_FILE).write_text(sealed(json.dumps(made_with)))

    def record(self, run: str, cell: CellRow, ended: JobExit) -> tuple[str, str, float]:
        """Record the end of a run; returns its state, error and wall-clock seconds as they were recorded."""
        result = read_result(ended.job.folder)
        if result is None:
            state = "killed" if ended.reason in ("finished", "machine") else ended.reason
            output = _tail(ended.job.folder / OUTPUT_FILE)
            result = Result.model_validate(
                {
                    "state": state,
                    "error": ended.detail or "no result",
                    "traceback": output,
                    "threads": ended.job.threads,
                    "wall_seconds": ended.wall_seconds,
                    "peak_memory_bytes": ended.peak_memory_bytes,
                }
            )
            result.write(ended.job.folder)  # so that it is found again if the store cannot take it now
        wrong = None
        if ended.job.split is not None and result.state == "done":
            wrong = unbelievable(self._registry, self._registry.tasks[cell.task](), ended.job, result)
        return self._store(run, cell, result, ended.job.folder, isolation_of(ended.job, result), wrong)

    def give_up(self, cell: CellRow) -> str | None:
        """Record a cell as killed that seems to take its runner down; returns why, or None if it may be tried."""
        given = self._writer.give_up(cell, self._settings.retries + 1)
        if given is None:
            return None
        self._announcer.cell_ended(given[0], cell, "killed", Result(state="killed", error=given[1]))
        return given[1]

    def recover(self, pending: Path) -> int:
        """Record what a runner that is gone had finished and not recorded; returns how many runs that were."""
        from filelock import FileLock

        if not pending.is_dir():
            return 0
        with FileLock(pending.with_suffix(".lock")):  # two runners that start at once would delete under each other
            folders = {folder.name: folder for folder in pending.iterdir()}
            found = self._writer.runs(set(folders))
            return sum(self._recover(run, *what, folders[run]) for run, what in found.items())

    def _recover(self, run: str, state: str, owner: str, expired: bool, cell: CellRow, folder: Path) -> bool:
        if state not in ("running", "stale"):
            shutil.rmtree(folder, ignore_errors=True)
            return False
        gone = is_known_dead(owner)
        result = read_result(folder)
        if result is None:
            if gone:
                self._writer.orphan(run)
                shutil.rmtree(folder, ignore_errors=True)
            return False
        # A result of a plugin that is not loaded now waits until it is: nobody else can tell whether it is valid.
        if cell.task not in self._registry.tasks or not (gone or expired):
            return False
        # Whether the judge wrote it, only the runner knew: it is a run like any other now.
        why = {"split": False, "why": "its runner was gone when it was recorded"} if result.isolation else None
        self._store(run, cell, result, folder, why)
        return True

    def _wrong(self, cell: CellRow, result: Result) -> str | None:
        """Return why a finished result cannot be this cell's, or None."""
        if result.ingredients != json.loads(cell.identity)["ingredients"]:
            return "data or weights changed between planning and running; run it again"
        return check_result(self._registry.tasks[cell.task](), result)

    def _store(
        self,
        run: str,
        cell: CellRow,
        result: Result,
        folder: Path,
        isolation: dict[str, Any] | None,
        wrong: str | None = None,
    ) -> tuple[str, str, float]:
        if wrong is None and result.state == "done":
            wrong = self._wrong(cell, result)
        if wrong is not None:
            error = f"{cell.task} with {cell.method}: {wrong}"[:2000]
            result = result.model_copy(update={"state": "invalid", "error": error, "scores": ()})
        samples = folder / SAMPLES_FILE
        self._logs.keep(run, {"reported": folder / LOG_FILE, "printed": folder / OUTPUT_FILE})
        with samples_lock(self._settings) if samples.exists() else nullcontext():
            kept = keep_samples(self._settings, samples) if samples.exists() else None
            state = self._writer.end(run, _run_result(cell, result, kept, _noted(folder), isolation))
        shutil.rmtree(folder, ignore_errors=True)
        self._announcer.cell_ended(run, cell, state, result)
        return state, result.error or "", result.wall_seconds


def _run_result(
    cell: CellRow,
    result: Result,
    samples: str | None,
    made_with: dict[str, Any],
    isolation: dict[str, Any] | None,
) -> RunResult:
    # The versions of the metrics are the cell's: the task may have changed since, and its plugin may not be loaded.
    versions: dict[str, str] = dict(key.split("@", 1) for key in json.loads(cell.identity)["metrics"])
    return RunResult(
        state=result.state,
        error=result.error,
        traceback=result.traceback,
        environment={**made_with, "hardware": result.hardware},
        device=result.device or None,
        threads=result.threads or None,
        wall_seconds=result.wall_seconds,
        cpu_seconds=result.cpu_seconds,
        peak_memory_bytes=result.peak_memory_bytes,
        cost=result.cost,
        facts=result.facts,
        tuning=result.tuning.model_dump(mode="json") if result.tuning else None,
        missing=result.missing,
        ingredients=result.ingredients,
        samples=samples,
        isolation=isolation,
        scores=tuple(ScoreRow.of(score, versions) for score in result.scores),
    )


def note_where(folder: Path, made_on: dict[str, Any]) -> None:
    """Note of a run that was made on another machine what that one is, in the place of this one."""
    if (folder / ENVIRONMENT_FILE).exists():  # preparing has none
        (folder / ENVIRONMENT_FILE).write_text(sealed(json.dumps({**_noted(folder), **made_on})))


def _noted(folder: Path) -> dict[str, Any]:
    """Return what `Recorder.begin` noted; nothing if a power cut took it, or it is damaged."""
    try:
        noted: dict[str, Any] = json.loads(unsealed((folder / ENVIRONMENT_FILE).read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}
    return noted


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - OUTPUT_TAIL))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
