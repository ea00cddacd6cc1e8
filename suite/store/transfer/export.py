"""Writing runs into one file: a zip of their records, their environments and their samples."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from suite.errors import SuiteError
from suite.files import write_atomic
from suite.hashing import bytes_digest, digest, file_digest
from suite.settings import Settings
from suite.store.rows import RunRow
from suite.store.samples import samples_path
from suite.store.transfer.document import FORMAT

MANIFEST, RUNS, ENVIRONMENTS = "manifest.json", "runs.jsonl", "environments.jsonl"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # no member has a time of its own, so that equal runs give equal bytes


@dataclass(frozen=True)
class Exported:
    """How much a file holds: runs, files of samples, and runs whose samples are not at hand."""

    runs: int
    samples: int
    without: int


def sample_member(sha256: str) -> str:
    """Return the name of the member that holds the samples of this sha256."""
    return f"samples/{sha256}.parquet"


def export_runs(
    runs: Sequence[RunRow], settings: Settings, file: Path, *, version: str, by: str = "", samples: bool = True
) -> Exported:
    """Write finished runs, as `Reader.run` gives them, into a new file; without ``samples``, their numbers alone.

    Raises:
        SuiteError: the file is there already, or a file of samples is damaged.
    """
    if file.exists():
        raise SuiteError(f"{file} exists", place=str(file), next=f"rm {file}, or choose another name")
    hashes = sorted({run.samples for run in runs if run.samples}) if samples else []
    kept = [each for each in hashes if samples_path(settings, each).exists()]
    for each in kept:
        if file_digest(samples_path(settings, each)) != each:
            place = samples_path(settings, each)
            raise SuiteError("a file of samples is damaged", place=str(place), next=f"rm {place}")
    documents = {digest(run.environment): run.environment for run in runs if run.environment is not None}
    records = _lines([_record(run) for run in sorted(runs, key=lambda run: run.id)])
    environments = _lines([documents[name] for name in sorted(documents)])
    manifest = {
        "format": FORMAT,
        "suite": version,
        "exported": _now().isoformat(),
        "by": by,
        "runs": bytes_digest(records),
        "environments": bytes_digest(environments),
        "samples": kept,
    }

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as made:
            parts = {MANIFEST: json.dumps(manifest).encode(), RUNS: records, ENVIRONMENTS: environments}
            for name, content in parts.items():
                made.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
            for each in kept:  # compressed already; stored as they are, no small file can grow when it is read
                member = zipfile.ZipInfo(sample_member(each), _EPOCH)
                member.file_size = samples_path(settings, each).stat().st_size  # beyond 2 GiB it takes another header
                with samples_path(settings, each).open("rb") as source, made.open(member, "w") as target:
                    shutil.copyfileobj(source, target, 2**20)

    write_atomic(file, write)
    return Exported(len(runs), len(kept), sum(1 for run in runs if run.samples and run.samples not in kept))


def _record(run: RunRow) -> dict[str, Any]:
    record = {name: value for name, value in asdict(run).items() if name != "attempt"}
    times = {name: record[name].isoformat() for name in ("started", "ended")}
    return {**record, **times, "environment": None if run.environment is None else digest(run.environment)}


def _lines(documents: Sequence[Any]) -> bytes:
    # Keys stay in their order: a setting is shown in that of its task's axes.
    return "".join(f"{json.dumps(each, ensure_ascii=False, allow_nan=False)}\n" for each in documents).encode()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
