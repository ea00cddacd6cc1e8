"""Recording: from a worker's folder to the store, losing nothing whatever happens in between.

The worker's documents stay in ``<home>/pending/<run id>`` until the store has them. If the disk is full or the runner
is killed before that, the next run finds and records them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from suite.contracts import Ended, Metric
from suite.files import write_atomic
from suite.hashing import file_digest
from suite.registry import Registry
from suite.run.provenance import environment
from suite.run.result import OUTPUT_FILE, RESULT_FILE, SAMPLES_FILE, Result, check_result, read_result
from suite.settings import Settings
from suite.store.owner import is_known_dead
from suite.store.rows import CellRow, Ending, ScoreRow
from suite.store.writing import Writer

OUTPUT_TAIL = 20_000


class Recorder:
    """Turns results into rows of the store."""

    def __init__(self, writer: Writer, registry: Registry, settings: Settings) -> None:
        self._writer = writer
        self._registry = registry
        self._settings = settings

    def record(self, run: str, cell: CellRow, ended: Ended) -> Result:
        """Record the end of a run; returns the result as it was recorded."""
        result = read_result(ended.job.folder)
        if result is None:
            state = ended.reason if ended.reason != "finished" else "killed"
            output = _tail(ended.job.folder / OUTPUT_FILE)
            result = Result.model_validate({"state": state, "error": ended.detail or "no result", "traceback": output})
            result.write(ended.job.folder)  # so that it is found again if the store cannot take it now
        elif result.state == "done" and (wrong := self._wrong(cell, result)):
            result = Result(state="invalid", error=f"{cell.task} with {cell.method}: {wrong}")
        self._store(run, cell, result, ended.job.folder)
        return result

    def recover(self, pending: Path) -> int:
        """Record what a runner that is gone had finished and not recorded; returns how many runs that were."""
        folders = {folder.name: folder for folder in pending.iterdir()} if pending.is_dir() else {}
        recovered = 0
        for run, (state, owner, cell) in self._writer.runs(set(folders)).items():
            folder = folders[run]
            if state not in ("running", "stale"):
                shutil.rmtree(folder, ignore_errors=True)
            elif is_known_dead(owner):
                result = read_result(folder) if (folder / RESULT_FILE).exists() else None
                if result is None:
                    self._writer.release(run)
                    shutil.rmtree(folder, ignore_errors=True)
                else:
                    self._store(run, cell, result, folder)
                    recovered += 1
        return recovered

    def _wrong(self, cell: CellRow, result: Result) -> str | None:
        """Return why a finished result cannot be this cell's, or None."""
        if result.ingredients != json.loads(cell.identity)["ingredients"]:
            return "data or weights changed between planning and running; run it again"
        return check_result(self._registry.tasks[cell.task](), result)

    def _store(self, run: str, cell: CellRow, result: Result, folder: Path) -> None:
        samples = folder / SAMPLES_FILE
        self._writer.end(run, self._ending(cell, result, self._keep(samples) if samples.exists() else None))
        shutil.rmtree(folder, ignore_errors=True)

    def _keep(self, samples: Path) -> str:
        """Copy a Parquet file to its place by content; return its sha256."""
        digest = file_digest(samples)
        target = samples_path(self._settings, digest)
        if not target.exists():
            write_atomic(target, lambda temporary: shutil.copyfile(samples, temporary))
        return digest

    def _ending(self, cell: CellRow, result: Result, samples: str | None) -> Ending:
        metrics: dict[str, Metric] = {metric.name: metric for metric in self._registry.tasks[cell.task].metrics}
        made_with = environment(self._registry.methods.entry(cell.method))
        return Ending(
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
            missing=result.missing,
            ingredients=result.ingredients,
            samples=samples,
            scores=tuple(
                ScoreRow(each.metric, metrics[each.metric].version, each.subset, each.value, each.n, each.partial)
                for each in result.scores
            ),
        )


def samples_path(settings: Settings, digest: str) -> Path:
    """Return where the per-sample results of this sha256 lie."""
    return settings.home / "samples" / digest[:2] / f"{digest}.parquet"


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - OUTPUT_TAIL))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
