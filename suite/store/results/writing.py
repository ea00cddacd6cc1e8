"""Writing runs as a folder of results."""

from __future__ import annotations

import json
import secrets
import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.errors import SuiteError
from suite.hashing import digest, file_digest
from suite.settings import Settings
from suite.store.results.layout import (
    ENVIRONMENTS,
    FORMAT,
    MANIFEST,
    RUNS,
    SAMPLES,
    SCORES,
    TEXTS,
    runs_schema,
    sample_name,
    scores_schema,
)
from suite.store.results.pressing import press
from suite.store.rows import RunRow
from suite.store.samples import samples_path

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = 19
"""How hard the tables are pressed: they are written once and sent often."""


@dataclass(frozen=True)
class Written:
    """How much a folder of results holds; ``without`` are runs whose samples are not in it."""

    runs: int
    scores: int
    samples: int
    without: int
    bytes: int


def write_results(
    runs: Sequence[RunRow],
    settings: Settings,
    folder: Path,
    *,
    version: str,
    by: str = "",
    samples: bool | Collection[str] = True,
    pressed: bool = False,
) -> Written:
    """Write runs that have ended, as `Reader.run` gives them, into a new folder: all of it, or nothing.

    ``samples``: those of all runs, of none, or of the runs with these ids; ``pressed`` into fewer bytes, which gives
    them other sha256.

    Raises:
        SuiteError: the folder is there already, or a file of samples is damaged.
    """
    if folder.exists():
        raise SuiteError(f"{folder} exists", place=str(folder), next=f"rm -r {folder}, or choose another")
    ordered = sorted(runs, key=_place)
    wanted = {
        run.samples
        for run in ordered
        if run.samples and samples is not False and (samples is True or run.id in samples)
        if samples_path(settings, run.samples).exists()
    }
    made = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
    made.mkdir(parents=True)
    try:
        (made / SAMPLES).mkdir()
        kept = {sha256: _put(samples_path(settings, sha256), made, sha256, pressed) for sha256 in sorted(wanted)}
        ordered = [replace(run, samples=kept.get(run.samples or "", run.samples)) for run in ordered]
        files = [RUNS, SCORES, ENVIRONMENTS, *map(sample_name, sorted(kept.values()))]
        _write_table(_runs(ordered), made / RUNS)
        scores = _scores(ordered)
        _write_table(scores, made / SCORES)
        (made / ENVIRONMENTS).write_text(_environments(ordered), encoding="utf-8")
        manifest = {
            "format": FORMAT,
            "suite": version,
            "written": datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat(),
            "by": by,
            "tasks": dict(sorted(Counter(run.cell.task for run in ordered).items())),
            "files": {name: file_digest(made / name) for name in files},
        }
        (made / MANIFEST).write_text(f"{json.dumps(manifest, indent=1, ensure_ascii=False)}\n", encoding="utf-8")
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    without = sum(1 for run in ordered if run.samples and run.samples not in kept.values())
    return Written(len(ordered), scores.num_rows, len(kept), without, size)


def _place(run: RunRow) -> tuple[str, str, str, int, str]:
    """Return where a run stands: beside what is like it, so that the tables are small."""
    return run.cell.task, str(run.cell.setting), run.cell.method, run.cell.seed, run.id


def _runs(runs: Sequence[RunRow]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist([_record(run) for run in runs], schema=runs_schema())


def _record(run: RunRow) -> dict[str, Any]:
    record = {name: getattr(run, name, None) for name in runs_schema().names}
    record |= {name: getattr(run.cell, name) for name in runs_schema().names if name in CELL}
    record |= {name: None if record[name] is None else _json(record[name]) for name in TEXTS}
    environment = None if run.environment is None else digest(run.environment)
    return {**record, "environment": environment, "cell": run.cell.id}


CELL = ("identity", "protocol", "task", "task_version", "method", "method_version", "setting", "parameters", "seed")
"""The columns of runs that are the cell's."""


def _scores(runs: Sequence[RunRow]) -> pa.Table:
    import pyarrow as pa

    rows = []
    for run in runs:
        for score in run.scores:
            interval = score.interval
            rows.append(
                {
                    "run": run.id,
                    **{name: getattr(score, name) for name in ("metric", "metric_version", "subset", "value", "n")},
                    "partial": score.partial,
                    **{name: getattr(interval, name, None) for name in ("low", "high", "level", "basis")},
                    "interval_n": interval and interval.n,
                }
            )
    return pa.Table.from_pylist(rows, schema=scores_schema())


def _environments(runs: Sequence[RunRow]) -> str:
    documents = {digest(run.environment): run.environment for run in runs if run.environment is not None}
    return "".join(f"{_json(documents[name])}\n" for name in sorted(documents))


def _write_table(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    numbers = [field.name for field in table.schema if str(field.type) == "double"]
    texts = [field.name for field in table.schema if str(field.type) == "string"]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=texts,
        use_byte_stream_split=numbers,
        store_schema=False,  # a second way to say what the columns are, which a reader would have to distrust
    )


def _put(source: Path, folder: Path, sha256: str, pressed: bool) -> str:
    """Put a file of samples in place, and return its sha256 there; it is pressed if that makes it smaller."""
    if file_digest(source) != sha256:
        raise SuiteError("a file of samples is damaged", place=str(source), next=f"rm {source}")
    made = folder / f"{SAMPLES}/{sha256}"
    if pressed:
        press(source, made)
    if not pressed or made.stat().st_size >= source.stat().st_size:
        shutil.copyfile(source, made)
    name = file_digest(made)
    made.rename(folder / sample_name(name))
    return name


def _json(document: Any) -> str:
    # Keys stay in their order: a setting is shown in that of its task's axes.
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
