"""The plan: wanted cells minus those that the store has, so that the same command goes on where it stopped."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from suite.contracts import Missing, Resources, Setting, Task
from suite.contracts.setting import beyond_defaults
from suite.errors import SuiteError
from suite.run.identity import Ingredients, known_ingredients, make_cell
from suite.run.selection import MethodChoice, TaskChoice
from suite.run.summary import Summary
from suite.store.reading import Reader
from suite.store.rows import CellRow

SETTLED = ("failed", "timeout", "out-of-memory", "killed", "invalid")
"""States that are results: such a cell runs again only when asked to."""

UNTRIED = ("", 0)


@dataclass(frozen=True)
class TaskSeed:
    """A task with one of its seeds: what is prepared at once, for all settings."""

    task: Task
    seed: int

    def __str__(self) -> str:
        return f"{self.task.id} seed {self.seed}"


@dataclass(frozen=True)
class PlannedCell:
    """A cell to run, and how many attempts at it there were when it was planned."""

    cell: CellRow
    attempts: int


class Plan:
    """What is to be done for tasks, settings, methods and seeds, given what the store and the cache have."""

    def __init__(
        self,
        tasks: Sequence[TaskChoice],
        methods: Sequence[MethodChoice],
        seeds: Sequence[int],
        resources: Resources,
        retry_failed: bool,
    ) -> None:
        self._resources = resources
        self._skipped = {"done"} if retry_failed else {"done", *SETTLED}
        self._measured: dict[str, list[tuple[Setting, MethodChoice]]] = {}
        self._declined: dict[tuple[str, str], list[str]] = {}
        for choice in tasks:
            for setting, method in itertools.product(choice.settings, methods):
                self._sort(choice.task, setting, method)
        wanted = [choice.task for choice in tasks if choice.task.id in self._measured]
        self._ingredients: dict[TaskSeed, Ingredients | None] = dict.fromkeys(
            TaskSeed(task, seed) for task in wanted for seed in seeds or task.seeds
        )

    @property
    def empty(self) -> bool:
        """Whether every method is declined everywhere, so that there is nothing to do."""
        return not self._measured

    @property
    def declined(self) -> list[str]:
        """Which methods each task leaves out under which setting, and why."""
        return [f"{place} leaves out {', '.join(names)}: {why}" for (place, why), names in self._declined.items()]

    def _sort(self, task: Task, setting: Setting, method: MethodChoice) -> None:
        reason = method.declined_by(task, setting)
        if reason == "":
            self._measured.setdefault(task.id, []).append((setting, method))
        elif reason is not None:
            varied = Setting(beyond_defaults(task.axes, setting))
            place = f"{task.id} with {varied}" if varied else task.id
            self._declined.setdefault((place, reason), []).append(method.entry.value.name)

    def look_up(self, summary: Summary) -> None:
        """Find the ingredients that are known; drop what lacks something that it cannot do without, and say so."""
        for wanted in list(self._ingredients):
            try:
                self.learn(wanted)
            except Missing as error:
                command = "export SUITE_DATA=<mirror>, or SUITE_HUB=1 to download it"
                summary.blame(wanted.task, SuiteError("required data is missing", place=str(error), next=command))
                self.drop(wanted)
            except SuiteError as error:  # this task's data or weights; the other tasks go on
                summary.blame(wanted.task, error)
                self.drop(wanted)

    def learn(self, wanted: TaskSeed) -> None:
        """Look the ingredients of a task and seed up, again once it was prepared."""
        self._ingredients[wanted] = known_ingredients(wanted.task, wanted.seed, self._resources)

    def drop(self, wanted: TaskSeed) -> None:
        """Leave a task and seed out: it cannot be prepared."""
        del self._ingredients[wanted]

    def due(self) -> list[TaskSeed]:
        """Return what has to be prepared: what is not known yet, and what has cells to run."""
        open_cells = {(planned.cell.task, planned.cell.seed) for planned in self.cells()}
        return [
            wanted
            for wanted, ingredients in self._ingredients.items()
            if ingredients is None or (wanted.task.id, wanted.seed) in open_cells
        ]

    def cells(self, summary: Summary | None = None) -> list[PlannedCell]:
        """Return the cells to run, among those whose ingredients are known; ``summary`` counts the others."""
        cells = [
            make_cell(wanted.task, setting, method, wanted.seed, ingredients)
            for wanted, ingredients in self._ingredients.items()
            if ingredients is not None
            for setting, method in self._measured[wanted.task.id]
        ]
        states = self._states(cells)
        latest = [(cell, *states.get(cell.id, UNTRIED)) for cell in cells]
        if summary is not None:
            summary.cells = {cell.id for cell in cells}
            summary.done_before = sum(state == "done" for _, state, _ in latest)
            summary.failed_before = sum(state in self._skipped - {"done"} for _, state, _ in latest)
        return [PlannedCell(cell, attempts) for cell, state, attempts in latest if state not in self._skipped]

    def _states(self, cells: list[CellRow]) -> dict[str, tuple[str, int]]:
        reader = Reader(self._resources.settings.database_url)
        try:
            return reader.states(cell.id for cell in cells)
        finally:
            reader.close()
