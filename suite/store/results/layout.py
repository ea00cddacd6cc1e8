"""What a folder of results holds: its files, their columns, and how much of each an honest one has at most."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NaiveDatetime

from suite.store.transfer.document import Checked, Count, Digest, Name, Version

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
"""The version of the folder's format; raised when an older suite would misread it."""
MANIFEST, RUNS, SCORES, ENVIRONMENTS = "manifest.json", "runs.parquet", "scores.parquet", "environments.jsonl"
SAMPLES = "samples"

FILES = 10_000
MOST_RUNS, MOST_SCORES = 100_000, 5_000_000
SMALL, LARGE, UNPACKED = 4 * 2**20, 256 * 2**20, 512 * 2**20
"""Bytes of the manifest, of every other file, and of a table's texts when they are read, at most."""

TEXTS = ("cost", "facts", "tuning", "missing", "ingredients", "origin", "isolation", "command", "setting", "parameters")
"""The columns of runs that hold JSON."""
FileName = Annotated[
    str, Field(pattern=r"^(runs\.parquet|scores\.parquet|environments\.jsonl|samples/[0-9a-f]{64}\.parquet)$")
]


class Manifest(Checked):
    """Who wrote the folder, when, how many runs of each task it has, and the sha256 of each of its files."""

    format: Literal[1]
    suite: Version
    written: NaiveDatetime
    by: str = Field(max_length=100)
    tasks: dict[Name, Count]
    files: dict[FileName, Digest] = Field(max_length=FILES)


def sample_name(sha256: str) -> str:
    """Return the name of the file that holds the samples of this sha256."""
    return f"{SAMPLES}/{sha256}.parquet"


@cache
def runs_schema() -> pa.Schema:
    """Return the columns of the runs: those of the run, and those of its cell."""
    import pyarrow as pa

    text, time = pa.string(), pa.timestamp("us")
    return pa.schema(
        [
            *((name, text) for name in ("id", "state", "owner")),
            *((name, time) for name in ("started", "ended")),
            *((name, text) for name in ("error", "traceback", "environment", "device")),
            ("threads", pa.int32()),
            *((name, pa.float64()) for name in ("wall_seconds", "cpu_seconds")),
            ("peak_memory_bytes", pa.int64()),
            ("samples", text),
            *((name, text) for name in TEXTS),
            *((name, text) for name in ("cell", "identity", "protocol")),
            *((name, text) for name in ("task", "task_version", "method", "method_version")),
            ("seed", pa.int32()),
        ]
    )


@cache
def scores_schema() -> pa.Schema:
    """Return the columns of the scores, those of an interval beside them."""
    import pyarrow as pa

    return pa.schema(
        [
            *((name, pa.string()) for name in ("run", "metric", "metric_version", "subset")),
            ("value", pa.float64()),
            ("n", pa.int32()),
            ("partial", pa.bool_()),
            *((name, pa.float64()) for name in ("low", "high", "level")),
            ("basis", pa.string()),
            ("interval_n", pa.int32()),
        ]
    )
