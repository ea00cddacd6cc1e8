"""What the store is given and gives back: plain records, so that nothing above it speaks SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from suite.contracts import Interval, Score, Setting
from suite.hashing import digest


@dataclass(frozen=True)
class CellRow:
    """A cell as it is stored; see `suite.store.schema.cell`."""

    id: str
    identity: str
    protocol: str
    task: str
    task_version: str
    method: str
    method_version: str
    setting: dict[str, str]
    parameters: dict[str, Any]
    seed: int

    @property
    def title(self) -> str:
        """What a message calls the cell."""
        setting = f" {Setting(self.setting)}" if self.setting else ""
        return f"{self.task} {self.method.split('/', 1)[-1]}{setting} seed {self.seed}"


@dataclass(frozen=True)
class ScoreRow:
    """One score of a run."""

    metric: str
    metric_version: str
    subset: str
    value: float
    n: int
    partial: bool
    interval: Interval | None = None

    @classmethod
    def of(cls, score: Score, versions: Mapping[str, str]) -> ScoreRow:
        """Return the row of a score, given the versions of the metrics by name."""
        version = versions[score.metric]
        return cls(score.metric, version, score.subset, score.value, score.n, score.partial, score.interval)


@dataclass(frozen=True)
class RunResult:
    """How a run ended, ready to be written in one transaction."""

    state: str
    error: str | None = None
    traceback: str | None = None
    environment: dict[str, Any] | None = None
    device: str | None = None
    threads: int | None = None
    wall_seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    cost: dict[str, float] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    tuning: dict[str, Any] | None = None
    missing: tuple[str, ...] = ()
    ingredients: dict[str, str | None] = field(default_factory=dict)
    samples: str | None = None
    isolation: dict[str, Any] | None = None
    scores: tuple[ScoreRow, ...] = ()


@dataclass(frozen=True)
class RunRow:
    """A run with its cell, as it is read back."""

    id: str
    attempt: int
    state: str
    owner: str
    started: datetime
    ended: datetime | None
    error: str | None
    traceback: str | None
    command: list[str] | None
    environment: dict[str, Any] | None
    device: str | None
    threads: int | None
    wall_seconds: float | None
    cpu_seconds: float | None
    peak_memory_bytes: int | None
    cost: dict[str, float]
    facts: dict[str, str]
    tuning: dict[str, Any] | None
    missing: list[str]
    ingredients: dict[str, str | None]
    samples: str | None
    cell: CellRow
    scores: tuple[ScoreRow, ...] = ()
    origin: dict[str, Any] | None = None
    isolation: dict[str, Any] | None = None


@dataclass(frozen=True)
class Reproduction:
    """What came of running a run's cell again; see `suite.store.schema.reproduction`.

    ``difference`` is the largest of any score, None where nothing could be compared. ``changed`` holds the recorded and
    the present value of all that differs in the environment. ``judged`` is the `judged_digest` of the run then, None
    if the verdict was kept before there was one. ``made`` is set by the store.
    """

    run: str
    verdict: str
    reason: str
    difference: float | None = None
    changed: dict[str, list[str]] = field(default_factory=dict)
    environment: dict[str, Any] | None = None
    device: str | None = None
    threads: int | None = None
    reproducer: str = ""
    judged: str | None = None
    made: datetime | None = None


def judged_digest(run: RunRow) -> str:
    """Return the sha256 (64 hex digits) of what a verdict on a run is about: its scores, and how it was kept apart."""
    scores = sorted([score.metric, score.metric_version, score.subset, score.value] for score in run.scores)
    return digest({"scores": scores, "isolation": run.isolation})
