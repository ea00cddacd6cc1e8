"""What a run tells while it goes on, and what it says at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from suite.contracts import Setting, Task
from suite.errors import SuiteError
from suite.store.rows import CellRow


class Reporter(Protocol):
    """Who is told how a run goes."""

    def stage(self, title: str, total: int) -> None:
        """A stage of so many steps begins."""

    def began(self, run: str, cell: CellRow) -> None:
        """A cell of the stage has been claimed, and starts under this run's id."""

    def step(
        self,
        text: str,
        state: str,
        detail: str = "",
        left: float | None = None,
        *,
        run: str = "",
        seconds: float | None = None,
    ) -> None:
        """One step of the stage has ended; the others are expected to take so many seconds more.

        ``run`` is the id of a cell's run, ``seconds`` is how long it took.
        """

    def message(self, text: str) -> None:
        """Something worth a line happened."""


@dataclass(frozen=True)
class Failed:
    """A cell that failed now: its name, the id of its run, and why."""

    cell: str
    run: str
    state: str
    error: str


@dataclass
class Summary:
    """What a run did: cells by state, what was there already, and what could not be prepared."""

    cells: set[str] = field(default_factory=set)  # ids of all that was asked for, done before or now
    asked: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)  # by task
    states: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    recovered: int = 0
    done_before: int = 0
    failed_before: int = 0
    elsewhere: int = 0
    cancelled: int = 0
    waiting: int = 0  # cells that were not started, or given back, when the time was over
    unprepared: int = 0  # seeds of tasks, likewise
    seconds: dict[str, float] = field(default_factory=dict)  # of each cell that ended now, by its name
    failures: list[Failed] = field(default_factory=list)

    def count(self, cell: str, state: str, seconds: float, run: str, error: str) -> None:
        """Count a cell that has ended."""
        self.states[state] = self.states.get(state, 0) + 1
        self.seconds[cell] = seconds
        if state not in ("done", "late"):
            self.failures.append(Failed(cell, run, state, error))

    def blame(self, task: Task, error: SuiteError) -> None:
        """Note once why a task cannot run."""
        text = f"{task.id}: {error}"
        if text not in self.errors:
            self.errors.append(text)

    @property
    def clean(self) -> bool:
        """Whether everything that was run succeeded; what somebody else has taken over meanwhile is no failure."""
        return not self.errors and set(self.states) <= {"done", "late"}
