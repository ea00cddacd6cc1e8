"""What a worker hands over: a small document, validated at the border, and a Parquet file of per-sample results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from suite.contracts import Score, Task, Tuning
from suite.contracts.outcome import missing_part
from suite.files import write_text_atomic
from suite.hashing import digest, file_digest, sealed, unsealed

RESULT_FILE = "result.json"
SAMPLES_FILE = "samples.parquet"
LOG_FILE = "log.txt"
OUTPUT_FILE = "output.txt"
NO_SPACE = 75
"""Exit status of a worker that found the disk full."""
HOST_GONE = 76
"""Exit status of a judge whose host ended before the cell did."""
DAMAGED, DAMAGED_FILE = 77, "damaged.txt"
"""Exit status of a worker that was given a damaged file, and where it says which."""


def _storable(text: Any) -> Any:
    """Replace what UTF-8 or PostgreSQL cannot hold: lone surrogates and NUL."""
    return (
        text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        if isinstance(text, str)
        else text
    )


Text = Annotated[str | None, BeforeValidator(_storable)]


class Result(BaseModel):
    """How a job went. For a failure, ``error`` is one line and ``traceback`` the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    state: Literal["done", "failed", "timeout", "out-of-memory", "killed", "invalid"]
    error: Text = Field(None, max_length=2000)
    traceback: Text = Field(None, max_length=100_000)
    scores: tuple[Score, ...] = ()
    cost: dict[str, float] = {}
    missing: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    tuning: Tuning | None = None
    ingredients: dict[str, str | None] = {}
    device: str = ""
    threads: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    hardware: dict[str, Any] = {}
    isolation: dict[str, Any] | None = None
    samples: str | None = None  # sha256 of the Parquet file beside it

    def write(self, folder: Path) -> None:
        """Write the document into a job's folder; once it is there, the job has ended."""
        samples = file_digest(file) if (file := folder / SAMPLES_FILE).exists() else None
        write_text_atomic(folder / RESULT_FILE, sealed(self.model_copy(update={"samples": samples}).model_dump_json()))


def seal(folder: Path) -> str:
    """Return the digest of the documents in a job's folder, which a judge tells the runner besides."""
    files = [folder / name for name in (RESULT_FILE, SAMPLES_FILE)]
    return digest([file_digest(file) if file.exists() else None for file in files])


def read_result(folder: Path) -> Result | None:
    """Return the document in a job's folder; None if the worker never wrote one, or one of its files is damaged.

    A document that does not validate comes back as an ``invalid`` result, which names what is wrong with it.
    """
    try:
        text = unsealed((folder / RESULT_FILE).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    try:
        result = Result.model_validate_json(text)
    except ValidationError as error:
        return Result(state="invalid", error=f"the result document is not valid: {error.errors()[0]['msg']}")
    samples = folder / SAMPLES_FILE
    if result.samples is not None and not (samples.exists() and file_digest(samples) == result.samples):
        return None
    return result


def check_result(task: Task, result: Result) -> str | None:
    """Return what is wrong with a result by the task's own declarations, or None."""
    metrics = {metric.name: metric for metric in task.metrics}
    columns = [score.column for score in result.scores]
    for score in result.scores:
        if score.metric not in metrics:
            return f"score of undeclared metric {score.metric!r}"
        if score.subset not in task.subsets:
            return f"score on undeclared subset {score.subset!r}"
        if not metrics[score.metric].contains(score.value):
            return f"{score.column} = {score.value} is outside the metric's bounds {metrics[score.metric].bounds}"
        if not score.partial and (part := missing_part(score.subset, result.missing)):
            return f"{score.column} is a mean without {part}, not marked as partial"
    if len(set(columns)) < len(columns):
        return "two scores for one metric and subset"
    excused = {*result.missing, *(subset.split("/")[0] for subset in result.missing)}
    if task.primary not in columns and task.primary.subset not in excused:
        return f"no score for the primary column {task.primary}"
    return None
