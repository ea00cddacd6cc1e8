"""Executors: where the work of a run happens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from suite.contracts.requirements import Requirements
from suite.contracts.setting import Setting
from suite.settings import Settings, cores


@dataclass(frozen=True)
class Loaded:
    """Which plugins a process loads, besides the built-in ones: plugin files, and installed plugins by name."""

    files: tuple[Path, ...] = ()
    installed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Split:
    """How a cell is split between its judge, which has the labels, and the host, which has the method's code.

    Attributes:
        judge, host: the plugins that each of the two loads.
        order: the secret of the order of the test, in hexadecimal digits.
        needs: the access that the method was planned with.
        border: what may pass between the two, as ``"package.module:NAME"``.
        readable: files and folders of the method's code.
        hidden: where store, cache, data and weights lie, closed even inside of what may be read.
        container: what the host runs in a container of, as ``"podman 5.4.2"``; None for a process of this machine.
    """

    judge: Loaded
    host: Loaded
    order: str
    needs: frozenset[str]
    border: str
    readable: tuple[Path, ...]
    hidden: tuple[Path, ...]
    container: str | None = None


@dataclass(frozen=True)
class Job:
    """One piece of work for a worker: prepare a (task, seed), or evaluate a cell.

    The worker writes its result documents into ``folder`` (see `suite.run.worker`). Everything in a job is plain data,
    so that it can travel to another process or machine.
    """

    kind: Literal["prepare", "evaluate"]
    task: str
    seed: int
    folder: Path
    settings: Settings
    method: str | None = None
    setting: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)  # without the partners
    partners: dict[str, dict[str, Any]] = field(default_factory=dict)  # by role: a `Partner` as plain data
    grid: dict[str, list[Any]] = field(default_factory=dict)  # parameters to choose first, among these values
    source: str | None = None  # hash of the method's source, where that is part of the cell's identity
    task_source: str | None = None  # and of the task's
    threads: int = 1
    time_limit: float = 3600.0
    requirements: Requirements = field(default_factory=Requirements)  # of its task
    split: Split | None = None  # None: method and task share a process
    unsplit: str = ""  # why they do, where somebody else's method cannot be split
    loads: Loaded | None = None  # the plugins of an unsplit worker, None for all; a split one goes by ``split``

    def __str__(self) -> str:
        method = f" {self.method.split('/', 1)[1]}" if self.method else ""
        setting = f" {Setting(self.setting)}" if self.setting else ""
        return f"{self.task}{method}{setting} seed {self.seed}"


Reason = Literal[
    "finished", "timeout", "out-of-memory", "killed", "invalid", "machine", "no-space", "damaged", "cancelled"
]


@dataclass(frozen=True)
class JobExit:
    """How a job's worker ended. ``finished`` says only that it ended by itself; its documents say with what.

    Four are no word about the method. ``machine``: the worker was ended from outside, with its node or by a signal;
    the job is tried again (see `suite.run.retry`). ``no-space`` and ``damaged``: the disk is full, or a file of data,
    weights or cache is not what was written; the cell stays to be done. ``cancelled``: somebody asked for it. The
    figures are what the executor knows of a worker that left no document; 0 where it does not.
    """

    job: Job
    reason: Reason
    detail: str = ""
    wall_seconds: float = 0.0
    peak_memory_bytes: int = 0


class Executor(ABC):
    """Runs jobs. Registered by class, chosen by ``suite run --executor NAME``."""

    name: ClassVar[str]
    splits: ClassVar[bool] = False
    """Whether it can run a job's method in a process of its own, apart from its judge; see `Split`."""

    def __init__(self, settings: Settings, workers: int, log: Callable[[str], None]) -> None:
        self.settings = settings
        self.workers = workers  # jobs side by side
        self.log = log  # called with each line that a worker reports
        self.libraries: tuple[str, ...] = ()  # modules that most cells of the run import, as their tracks say
        self.cancelled: set[Path] = set()  # folders of jobs that are to end now; filled from another thread

    @classmethod
    def cores(cls, settings: Settings) -> int:
        """Return how many cores its jobs share: unless told otherwise it runs so many side by side."""
        return cores()

    @abstractmethod
    def execute(self, jobs: Iterator[Job]) -> Iterator[JobExit]:
        """Run the jobs and yield each as it ends, in any order.

        Takes the next job only when it can start it at once, or within about a second: taking it is what claims it.
        When the caller closes the iterator, the jobs under way are killed. May be called again when it has ended.
        """
