"""What a file of runs holds, checked field by field: it may come from anybody."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, field_validator, model_validator

from suite.contracts.outcome import missing_part
from suite.hashing import canonical_json, text_digest

FORMAT = 1
"""The version of the file's format; raised when an older suite would misread it."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9./-]*$")]
Version = Annotated[str, Field(max_length=40)]
Count = Annotated[int, Field(ge=0, lt=2**31)]
Seconds = Annotated[float, Field(ge=0)]
Metric = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
SKEW = timedelta(days=1)
"""By how much a clock may be ahead."""


class Checked(BaseModel):
    """A part of the file: no other fields, no infinite numbers, no text that a database cannot hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _can_be_stored(cls, value: Any) -> Any:
        check_storable(value)
        return value


class Manifest(Checked):
    """The first member: who made the file, when, and the sha256 of all that is in it."""

    format: Literal[1]
    suite: Version
    exported: NaiveDatetime
    by: str = Field(max_length=100)
    runs: Digest
    environments: Digest
    samples: tuple[Digest, ...]


class IntervalPart(Checked):
    """An interval of a score."""

    low: float
    high: float
    level: float = Field(gt=0, lt=1)
    basis: str = Field(max_length=200)
    n: Count


class ScorePart(Checked):
    """A score of a run."""

    metric: Metric
    metric_version: Version
    subset: str = Field(min_length=1, max_length=100)
    value: float
    n: int = Field(ge=1, lt=2**31)
    partial: bool
    interval: IntervalPart | None


class CellPart(Checked):
    """The cell of a run. Its id is the hash of its identity, and its fields are what the identity says."""

    id: Digest
    identity: str = Field(max_length=1_000_000)
    protocol: Digest
    task: Name
    task_version: Version
    method: Name
    method_version: Version
    setting: dict[str, str]
    parameters: dict[str, Any]
    seed: Count

    @model_validator(mode="after")
    def _is_its_identity(self) -> CellPart:
        said = json.loads(self.identity)
        if text_digest(self.identity) != self.id or canonical_json(said) != self.identity:
            raise ValueError("its id does not fit the hash of its identity")
        for name in ("task", "task_version", "method", "method_version", "seed"):
            if said.get(name) != getattr(self, name):
                raise ValueError(f"its identity has another {name}")
        if not isinstance(said.get("metrics"), list) or not isinstance(said.get("ingredients"), dict):
            raise ValueError("its identity has no metrics or no ingredients")
        if any(self.setting.get(axis) != value for axis, value in dict(said.get("setting") or {}).items()):
            raise ValueError("its identity has another setting")
        if any(self.parameters.get(name, value) != value for name, value in dict(said["parameters"]).items()):
            raise ValueError("its identity has other parameters")
        return self


class RunPart(Checked):
    """A run that has ended, with its cell and scores."""

    id: str = Field(pattern=r"^[0-9a-f]{8,32}$")
    state: Literal["done", "failed", "timeout", "out-of-memory", "killed", "invalid"]
    owner: str = Field(max_length=200)
    started: NaiveDatetime
    ended: NaiveDatetime
    error: str | None = Field(max_length=2000)
    traceback: str | None = Field(max_length=100_000)
    command: list[str] | None
    environment: Digest | None
    device: str | None = Field(max_length=40)
    threads: Count | None
    wall_seconds: Seconds | None
    cpu_seconds: Seconds | None
    peak_memory_bytes: int | None = Field(ge=0, lt=2**63)
    cost: dict[str, float]
    facts: dict[str, str]
    tuning: dict[str, Any] | None
    missing: list[str]
    ingredients: dict[str, str | None]
    samples: Digest | None
    origin: dict[str, Any] | None
    isolation: dict[str, Any] | None = None
    cell: CellPart
    scores: tuple[ScorePart, ...]

    @field_validator("started", "ended")
    @classmethod
    def _is_past(cls, time: datetime) -> datetime:
        if time > datetime.now(UTC).replace(tzinfo=None) + SKEW:
            raise ValueError("its time is in the future")
        return time

    @model_validator(mode="after")
    def _scores_are_its_own(self) -> RunPart:
        identity = json.loads(self.cell.identity)
        columns = [(score.metric, score.subset) for score in self.scores]
        if len(set(columns)) < len(columns):
            raise ValueError("it has two scores for the same metric and subset")
        if self.scores and self.state != "done":
            raise ValueError(f"a run in the state {self.state} has scores")
        for score in self.scores:
            if f"{score.metric}@{score.metric_version}" not in identity["metrics"]:
                raise ValueError(f"the cell has no metric {score.metric}@{score.metric_version}")
            if not score.partial and (part := missing_part(score.subset, self.missing)):
                raise ValueError(f"{score.metric} {score.subset} is a mean without {part}, not marked as partial")
        if self.state == "done" and self.ingredients != identity["ingredients"]:
            raise ValueError("its data or models differ from those of its cell")
        return self


class EnvironmentPart(BaseModel):
    """What a run was made with. Which versions and packages is free; where they stand is not."""

    model_config = ConfigDict(extra="allow")

    suite: dict[str, Any] = {}
    plugin: dict[str, Any] = {}
    machine: dict[str, Any] = {}
    hardware: dict[str, Any] = {}
    packages: dict[str, str] = {}


def check_storable(value: Any) -> None:
    """Raise ValueError for what a database cannot hold: a NUL, half a surrogate pair, an infinite or huge number."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text has a NUL character")
        value.encode()
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is NaN or infinite")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("a number is too large")
    elif isinstance(value, dict):
        for name, each in value.items():
            check_storable(name)
            check_storable(each)
    elif isinstance(value, list | tuple):
        for each in value:
            check_storable(each)
