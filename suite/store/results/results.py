"""Results as they are read: runs and scores as columns for the board, and one run in full for who asks for it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from suite.hashing import digest, file_digest
from suite.store.results.layout import (
    ENVIRONMENTS,
    MOST_RUNS,
    MOST_SCORES,
    RUNS,
    SAMPLES,
    SCORES,
    TEXTS,
    Manifest,
    runs_schema,
    sample_name,
    scores_schema,
)
from suite.store.results.refusal import Refused, refusals
from suite.store.results.scores import REQUIRED, ScoreColumns
from suite.store.results.tables import read_columns
from suite.store.rows import CellRow, RunRow
from suite.store.stored import StoredRun
from suite.store.transfer.document import EnvironmentPart, RunPart, ScorePart, check_storable

if TYPE_CHECKING:
    import pyarrow as pa

_OF_CELL = ("identity", "protocol", "task", "task_version", "method", "method_version", "setting", "parameters", "seed")
_NEEDED = ("id", "state", "owner", "started", "ended", "cell", *_OF_CELL)


class Results:
    """A folder of results. What it says is checked when it is first asked for, and is one SuiteError if it is wrong.

    Attributes:
        folder: where it lies.
        manifest: who wrote it, when, and how many runs of each task it has.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @cached_property
    def runs(self) -> tuple[RunPart, ...]:
        """Every run with its cell; `complete` adds the scores."""
        with refusals(self.folder):
            return self._read_runs()

    @cached_property
    def scores(self) -> ScoreColumns:
        """The scores of all runs."""
        with refusals(self.folder):
            columns = read_columns(self.folder / SCORES, scores_schema(), MOST_SCORES, REQUIRED)
            return ScoreColumns(columns, self.runs)

    @cached_property
    def environments(self) -> dict[str, dict[str, Any]]:
        """What the runs were made with, by sha256."""
        with refusals(self.folder):
            documents = [from_json(line) for line in (self.folder / ENVIRONMENTS).read_bytes().splitlines()]
            for document in documents:
                EnvironmentPart.model_validate(document)
                check_storable(document)
            return {digest(document): document for document in documents}

    @cached_property
    def samples(self) -> dict[str, Path]:
        """Where the samples lie, by their sha256."""
        names = [name for name in self.manifest.files if name.startswith(f"{SAMPLES}/")]
        return {Path(name).stem: self.folder / name for name in names}

    def check(self) -> None:
        """Look at every part, samples included.

        Raises:
            SuiteError: one is wrong.
        """
        assert self.scores
        with refusals(self.folder):
            if unused := set(self.samples) - {run.samples for run in self.runs}:
                raise Refused(f"it holds samples that belong to no run: {min(unused)}")
        for sha256 in self.samples:
            self.table(sha256)

    def table(self, sha256: str | None) -> pa.Table | None:
        """Return the samples of this sha256 as their Parquet file has them; None if they are not in the folder.

        Raises:
            SuiteError: the file is not what its name says, or no table.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if sha256 is None or sha256 not in self.samples:
            return None
        path = self.samples[sha256]
        with refusals(self.folder):
            if file_digest(path) != sha256 or self.manifest.files[sample_name(sha256)] != sha256:
                raise Refused(f"the sha256 of {path.name} does not fit its name")
            try:
                with pq.ParquetFile(path) as file:
                    return file.read()
            except (pa.ArrowException, OSError) as error:
                raise Refused(f"{path.name} is not a table of samples") from error

    def _read_runs(self) -> tuple[RunPart, ...]:
        columns = read_columns(self.folder / RUNS, runs_schema(), MOST_RUNS, _NEEDED)
        names = runs_schema().names
        rows = zip(*(columns.values(name) for name in names), strict=True)
        runs = tuple(_part(dict(zip(names, row, strict=True))) for row in rows)
        counts: dict[str, int] = {}
        for run in runs:
            counts[run.cell.task] = counts.get(run.cell.task, 0) + 1
            if run.environment is not None and run.environment not in self.environments:
                raise Refused(f"the environment of run {run.id} is missing")
        done = [run.cell.id for run in runs if run.state == "done"]
        if len({run.id for run in runs}) < len(runs) or len(set(done)) < len(done):
            raise Refused("it holds one run twice, or two finished runs of one cell")
        if counts != self.manifest.tasks:
            raise Refused("its runs do not fit the manifest")
        return runs

    def complete(self, run: RunPart) -> RunPart:
        """Return a run with its scores."""
        scores = tuple(
            ScorePart.model_validate({**vars(score), "interval": score.interval and vars(score.interval)})
            for score in self.scores.of(run.id)
        )
        return run.model_copy(update={"scores": scores})

    def stored(self, tasks: Collection[str], *, as_text: bool) -> list[StoredRun]:
        """Return the runs of these tasks as the board reads them; ``as_text``: with times as SQLite stores them."""
        return [_stored(run, as_text) for run in self.runs if run.cell.task in tasks]

    def row(self, run: RunPart, *, scores: bool = True) -> RunRow:
        """Return a run in full, as a store gives it; without its scores if they are not wanted."""
        values = {name: getattr(run, name) for name in RunRow.__dataclass_fields__ if hasattr(run, name)}
        cell = CellRow(**{name: getattr(run.cell, name) for name in CellRow.__dataclass_fields__})
        environment = self.environments.get(run.environment or "")
        values |= {"attempt": 1, "missing": list(run.missing), "cell": cell, "environment": environment}
        return RunRow(**{**values, "scores": self.scores.of(run.id) if scores else ()})

    @cached_property
    def _by_id(self) -> dict[str, RunPart]:
        return {run.id: run for run in self.runs}

    def part(self, identifier: str) -> RunPart:
        """Return the run of this id; KeyError if there is none."""
        return self._by_id[identifier]

    def starting_with(self, prefix: str) -> Sequence[RunPart]:
        """Return the runs whose id starts so."""
        return [run for run in self.runs if run.id.startswith(prefix)]


def _part(row: dict[str, Any]) -> RunPart:
    row |= {name: None if row[name] is None else from_json(row[name]) for name in TEXTS}
    cell = {"id": row.pop("cell"), **{name: row.pop(name) for name in _OF_CELL}}
    if row["isolation"] is None:  # of runs that had none, and of files from before there was any
        del row["isolation"]
    return RunPart.model_validate({**row, "cell": cell, "scores": ()})


def _stored(run: RunPart, as_text: bool) -> StoredRun:
    cell, identity = run.cell, json.loads(run.cell.identity)
    started, ended = (time.isoformat(" ") if as_text else time for time in (run.started, run.ended))
    return StoredRun(
        id=run.id,
        cell=cell.id,
        attempt=1,
        state=run.state,
        started=started,
        ended=ended,
        wall_seconds=run.wall_seconds,
        peak_memory_bytes=run.peak_memory_bytes,
        cost=_text(run.cost),
        facts=_text(run.facts),
        tuning=_text(run.tuning),
        missing=_text(run.missing),
        ingredients=_text(run.ingredients),
        samples=run.samples,
        protocol=cell.protocol,
        task=cell.task,
        task_version=cell.task_version,
        method=cell.method,
        method_version=cell.method_version,
        source=identity.get("method_source"),
        setting=json.dumps(cell.setting, ensure_ascii=False),
        parameters=json.dumps(cell.parameters, ensure_ascii=False),
        seed=cell.seed,
        isolation=_text(run.isolation),
        task_source=identity.get("task_source"),
    )


def _text(document: Any) -> str | None:
    return None if document is None else json.dumps(document, ensure_ascii=False)
