"""The plan: wanted cells minus those that the store has, so that the same command goes on where it stopped."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suite.contracts import Missing, Resources, Setting, Task
from suite.contracts.setting import beyond_defaults
from suite.contracts.substitute import NETWORK
from suite.errors import SuiteError
from suite.run.expectation import Expectation
from suite.run.identity import known_ingredients, make_cell
from suite.run.selection import MethodChoice, TaskChoice
from suite.run.summary import Summary
from suite.store.engine import has_store
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

    @property
    def network(self) -> dict[str, str]:
        """The part of a setting that says which network is prepared; empty for the task's own."""
        return {NETWORK: self.task.substitute.name} if self.task.substitute is not None else {}

    def __str__(self) -> str:
        return f"{self.task.id} seed {self.seed}"


@dataclass(frozen=True)
class PlannedCell:
    """A cell to run, how many attempts at it there were when it was planned, and how many have no end.

    An attempt has no end if its runner died, or is still at it.
    """

    cell: CellRow
    attempts: int
    open_attempts: int = 0


@dataclass
class Outlook:
    """What is to be done of a task under a setting: seeds to prepare, cells by state, and expected seconds.

    ``seconds`` is the sum over preparations and cells, as if one worker did it all; ``unknown`` says how many of them
    it leaves out.
    """

    task: str
    setting: Setting
    prepare: int = 0
    run: int = 0
    done: int = 0
    failed: int = 0
    seconds: float = 0.0
    unknown: int = 0

    def expect(self, seconds: float | None) -> None:
        """Add what one preparation or cell is expected to take."""
        self.seconds += seconds or 0.0
        self.unknown += seconds is None


class Plan:
    """What is to be done for tasks, settings, methods and seeds, given what the store and the cache have."""

    def __init__(
        self,
        tasks: Sequence[TaskChoice],
        methods: Sequence[MethodChoice],
        resources: Resources,
        retry_failed: bool,
    ) -> None:
        self._resources = resources
        self._skipped = {"done"} if retry_failed else {"done", *SETTLED}
        self._measured: dict[Task, list[tuple[Setting, MethodChoice]]] = {}
        self._declined: dict[tuple[str, str], list[str]] = {}
        for choice in tasks:
            for setting, method in itertools.product(choice.settings, methods):
                self._sort(choice.task, setting, method)
        wanted = [choice for choice in tasks if choice.task in self._measured]
        self._cells: dict[TaskSeed, list[CellRow] | None] = dict.fromkeys(
            TaskSeed(choice.task, seed) for choice in wanted for seed in choice.seeds
        )
        self._known_states: dict[str, tuple[str, int]] | None = None
        self.asked: dict[str, tuple[Setting, ...]] = {}
        for choice in tasks:
            self.asked[choice.task.id] = (*self.asked.get(choice.task.id, ()), *choice.settings)
        self.costs = {choice.task.id: choice.task.cost for choice in wanted}

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
            self._measured.setdefault(task, []).append((setting, method))
        elif reason is not None:
            varied = Setting(beyond_defaults(task.axes, setting))
            place = f"{task.id} with {varied}" if varied else task.id
            self._declined.setdefault((place, reason), []).append(method.entry.value.name)

    def look_up(self, summary: Summary) -> None:
        """Find the ingredients that are known; drop what lacks something that it cannot do without, and say so."""
        for wanted in list(self._cells):
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
        """Look the ingredients of a task and seed up, again once it was prepared, and with them its cells."""
        ingredients = known_ingredients(wanted.task, wanted.seed, self._resources)
        self._known_states = None
        if ingredients is not None:
            self._cells[wanted] = [
                make_cell(wanted.task, setting, method, wanted.seed, ingredients)
                for setting, method in self._measured[wanted.task]
            ]

    def drop(self, wanted: TaskSeed) -> None:
        """Leave a task and seed out: it cannot be prepared."""
        del self._cells[wanted]

    def due(self) -> list[TaskSeed]:
        """Return what has to be prepared: what is not known yet, or has cells to run and things to make or to check."""
        states = self._states()
        return [
            wanted
            for wanted, cells in self._cells.items()
            if cells is None
            or (
                (type(wanted.task).prepare is not Task.prepare or type(wanted.task).check is not Task.check)
                and any(states.get(cell.id, UNTRIED)[0] not in self._skipped for cell in cells)
            )
        ]

    def cells(self, summary: Summary) -> list[PlannedCell]:
        """Return the cells to run, among those whose ingredients are known; ``summary`` counts the others."""
        states = self._states()
        latest = [(cell, *states.get(cell.id, UNTRIED)) for cell in self._known()]
        summary.cells = {cell.id for cell, _, _ in latest}
        summary.done_before = sum(state == "done" for _, state, _ in latest)
        summary.failed_before = sum(state in self._skipped - {"done"} for _, state, _ in latest)
        unended = self._open_attempts()
        return [
            PlannedCell(cell, attempts, unended.get(cell.id, 0))
            for cell, state, attempts in latest
            if state not in self._skipped
        ]

    def outlook(self, expectation: Expectation) -> list[Outlook]:
        """Return what is to be done of each task under each setting, in the order of the board."""
        places = {(t.id, setting): Outlook(t.id, setting) for t, of in self._measured.items() for setting, _ in of}
        for task in (wanted.task for wanted, cells in self._cells.items() if cells is None):
            settings = [setting for setting, _ in self._measured[task]]
            places[task.id, settings[0]].prepare += 1  # once for all settings
            places[task.id, settings[0]].expect(expectation.preparation(task.id))
            for setting in settings:
                places[task.id, setting].run += 1
                places[task.id, setting].expect(expectation.of_task(task.id))
        states = self._states()
        for cell in self._known():
            state, _ = states.get(cell.id, UNTRIED)
            place = places[cell.task, Setting(cell.setting)]
            place.done += state == "done"
            place.failed += state in self._skipped - {"done"}
            if state not in self._skipped:
                place.run += 1
                place.expect(expectation.seconds(cell))
        return list(places.values())

    def _known(self) -> Iterator[CellRow]:
        """Yield the cells whose ingredients are known."""
        return itertools.chain.from_iterable(filter(None, self._cells.values()))

    def _open_attempts(self) -> dict[str, int]:
        url = self._resources.settings.database_url
        if not has_store(url):
            return {}
        reader = Reader(url)
        try:
            return reader.open_attempts()
        finally:
            reader.close()

    def _states(self) -> dict[str, tuple[str, int]]:
        """Return state and attempts of the known cells, read again only when more of them are known."""
        url = self._resources.settings.database_url
        if self._known_states is None and has_store(url):
            reader = Reader(url, self._resources.settings.store_patience)
            try:
                self._known_states = reader.states(cell.id for cell in self._known())
            finally:
                reader.close()
        return self._known_states or {}
