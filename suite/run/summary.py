"""What a run tells while it goes on, and what it says at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from suite.contracts import Setting, Task
from suite.errors import SuiteError


class Reporter(Protocol):
    """Who is told how a run goes."""

    def stage(self, title: str, total: int) -> None:
        """A stage of so many steps begins."""

    def step(self, text: str, state: str, detail: str = "") -> None:
        """One step of the stage has ended."""

    def message(self, text: str) -> None:
        """Something worth a line happened."""


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

    def count(self, state: str) -> None:
        """Count a cell that has ended."""
        self.states[state] = self.states.get(state, 0) + 1

    def blame(self, task: Task, error: SuiteError) -> None:
        """Note once why a task cannot run."""
        text = f"{task.id}: {error}"
        if text not in self.errors:
            self.errors.append(text)

    @property
    def clean(self) -> bool:
        """Whether everything that was run succeeded."""
        return not self.errors and set(self.states) <= {"done"}
