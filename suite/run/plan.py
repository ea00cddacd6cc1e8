"""The plan: wanted cells minus those that the store has, so that the same command goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suite.contracts import Missing, Resources, Task
from suite.errors import SuiteError
from suite.run.identity import Ingredients, known_ingredients, make_cell
from suite.run.selection import Selected
from suite.run.summary import Summary
from suite.store.reading import Reader
from suite.store.rows import CellRow

SETTLED = ("failed", "timeout", "out-of-memory", "killed", "invalid")
"""States that are results: such a cell runs again only when asked to."""

UNTRIED = ("", 0)


@dataclass(frozen=True)
class Seeded:
    """A task with one of its seeds: what is prepared at once."""

    task: Task
    seed: int

    def __str__(self) -> str:
        return f"{self.task.id} seed {self.seed}"


@dataclass(frozen=True)
class Planned:
    """A cell to run, and how many attempts at it there were when it was planned."""

    cell: CellRow
    attempts: int


class Plan:
    """What is to be done for tasks with seeds and methods, given what the store and the cache have."""

    def __init__(
        self, wanted: Sequence[Seeded], methods: Sequence[Selected], resources: Resources, retry_failed: bool
    ) -> None:
        self._methods = methods
        self._resources = resources
        self._skipped = {"done"} if retry_failed else {"done", *SETTLED}
        self._ingredients: dict[Seeded, Ingredients | None] = dict.fromkeys(wanted)

    def look_up(self, summary: Summary) -> None:
        """Find the ingredients that are known; drop what lacks something that it cannot do without, and say so."""
        for seeded in list(self._ingredients):
            try:
                self.learn(seeded)
            except Missing as error:
                command = "export SUITE_DATA=<mirror>, or SUITE_HUB=1 to download it"
                summary.blame(seeded.task, SuiteError("required data is missing", place=str(error), next=command))
                self.drop(seeded)
            except SuiteError as error:  # this task's data or weights; the other tasks go on
                summary.blame(seeded.task, error)
                self.drop(seeded)

    def learn(self, seeded: Seeded) -> None:
        """Look the ingredients of a task and seed up, again once it was prepared."""
        self._ingredients[seeded] = known_ingredients(seeded.task, seeded.seed, self._resources)

    def drop(self, seeded: Seeded) -> None:
        """Leave a task and seed out: it cannot be prepared."""
        del self._ingredients[seeded]

    def due(self) -> list[Seeded]:
        """Return what has to be prepared: what is not known yet, and what has cells to run."""
        open_cells = {(planned.cell.task, planned.cell.seed) for planned in self.cells()}
        return [
            seeded
            for seeded, found in self._ingredients.items()
            if found is None or (seeded.task.id, seeded.seed) in open_cells
        ]

    def cells(self, summary: Summary | None = None) -> list[Planned]:
        """Return the cells to run, among those whose ingredients are known; ``summary`` counts the others."""
        cells = [
            make_cell(seeded.task, method.entry, method.parameters, seeded.seed, found, method.grid)
            for seeded, found in self._ingredients.items()
            if found is not None
            for method in self._methods
            if method.measured_by(seeded.task)
        ]
        states = self._states(cells)
        latest = [(cell, *states.get(cell.id, UNTRIED)) for cell in cells]
        if summary is not None:
            summary.done_before = sum(state == "done" for _, state, _ in latest)
            summary.failed_before = sum(state in self._skipped - {"done"} for _, state, _ in latest)
        return [Planned(cell, attempts) for cell, state, attempts in latest if state not in self._skipped]

    def _states(self, cells: list[CellRow]) -> dict[str, tuple[str, int]]:
        reader = Reader(self._resources.settings.database_url)
        try:
            return reader.states(cell.id for cell in cells)
        finally:
            reader.close()
