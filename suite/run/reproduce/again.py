"""Running recorded cells once more: the same cells, in a store of their own that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from suite.cache import Cache
from suite.contracts import Executor, Missing, Resources, Task
from suite.registry import Registry
from suite.run.announce import Announcer
from suite.run.execute import Execution
from suite.run.expectation import Expectation
from suite.run.identity import known_ingredients
from suite.run.libraries import libraries
from suite.run.plan import Plan, PlannedCell
from suite.run.prepare import prepare
from suite.run.record import Recorder
from suite.run.reproduce.planned import Repeated, other_ingredients
from suite.run.schedule import Deadline, Schedule
from suite.run.selection import MethodChoice, TaskChoice
from suite.run.summary import Reporter, Summary
from suite.settings import Settings, cores
from suite.store.reading import Reader
from suite.store.rows import RunRow
from suite.store.writing import Writer

MADE = (
    "What is trained or simulated comes out otherwise on another processor; "
    "with the cache of the machine that recorded the run it is the same (docs/reproducing.md)"
)


@dataclass(frozen=True)
class Wanted:
    """A cell to make again, on the device and with the threads of the record, and split with its order if it was."""

    cell: Repeated
    device: str
    threads: int
    order: str | None = None


class Scratch:
    """A store that is thrown away. The cache stays the user's: what was trained and read once is not made again."""

    def __init__(self, registry: Registry, settings: Settings, reporter: Reporter, executor: str, home: Path) -> None:
        self._registry, self._reporter, self._executor = registry, reporter, executor
        away = {"home": home, "database": None, "cache": settings.cache_folder, "listeners": ()}
        self._settings = settings.model_copy(update=away)
        self._libraries: tuple[str, ...] = ()
        self._orders: dict[str, str] = {}
        self._resources = Resources(self._settings, Cache(settings.cache_folder), log=reporter.message)

    def make(self, wanted: Sequence[Wanted]) -> dict[str, RunRow | str]:
        """Run the cells; return by cell the run that came of it, or why it is not the recorded cell any more.

        Raises:
            SuiteError: the disk is full, or the store fails.
        """
        cells = {each.cell.cell.id: each for each in wanted}
        if not cells:
            return {}
        self._orders = {name: each.order for name, each in cells.items() if each.order is not None}
        self._libraries = libraries(self._registry, {each.cell.task.id for each in cells.values()})
        summary, deadline = Summary(), Deadline()
        plan = self._plan([each.cell for each in cells.values()])
        writer = Writer(self._settings.database_url)
        try:
            plan.look_up(summary)
            workers = partial(self._workers, threads=None)
            prepare(plan, workers, self._registry, self._settings, self._reporter, summary, deadline)
            due = [planned for planned in plan.cells(summary) if planned.cell.id in cells]
            groups: dict[tuple[str, int], list[PlannedCell]] = {}
            for planned in due:
                each = cells[planned.cell.id]
                groups.setdefault((each.device, each.threads), []).append(planned)
            for (device, threads), group in groups.items():
                self._run(group, device, threads, writer, plan, summary)
        finally:
            writer.close()
        made: dict[str, RunRow | str] = {**self._made()}
        return {name: made.get(name) or self._why(each.cell, summary) for name, each in cells.items()}

    def _plan(self, cells: Sequence[Repeated]) -> Plan:
        """Return a plan that holds these cells, and others that are left alone."""
        tasks = {(each.task.id, _network(each.task)): each.task for each in cells}
        methods = {_key(each.method): each.method for each in cells}
        choices = [
            TaskChoice(
                task,
                tuple(dict.fromkeys(each.setting for each in of_task)),
                tuple(dict.fromkeys(each.cell.seed for each in of_task)),
            )
            for key, task in tasks.items()
            for of_task in [[each for each in cells if (each.task.id, _network(each.task)) == key]]
        ]
        return Plan(choices, list(methods.values()), self._resources, retry_failed=False)

    def _run(
        self, group: Sequence[PlannedCell], device: str, threads: int, writer: Writer, plan: Plan, summary: Summary
    ) -> None:
        settings = self._settings.model_copy(update={"device": device})
        recorder = Recorder(writer, self._registry, settings, Announcer(self._registry, settings))
        executor, workers = self._workers(len(group), threads)
        schedule = Schedule(group, Expectation((), plan.costs), workers, Deadline())
        execution = Execution(
            writer, recorder, settings, self._reporter, summary, schedule, self._registry, self._orders
        )
        execution.run(executor, threads)

    def _workers(self, jobs: int, threads: int | None) -> tuple[Executor, int]:
        """Return an executor, and how many workers it has; for preparing, how many threads each of them has."""
        workers = min(self._settings.workers, jobs)
        if threads is not None:
            workers = max(1, min(workers, cores() // threads))
        made = self._registry.executors[self._executor](self._settings, workers, self._reporter.message)
        made.libraries = self._libraries
        return made, workers if threads is not None else max(1, cores() // workers)

    def _made(self) -> Mapping[str, RunRow]:
        reader = Reader(self._settings.database_url)
        try:
            return {row.cell.id: reader.run(row.id) for row in reader.latest_runs(scores=False)}
        finally:
            reader.close()

    def _why(self, cell: Repeated, summary: Summary) -> str:
        """Return why a cell was not run: its data or models are others, or not at hand."""
        try:
            found = known_ingredients(cell.task, cell.cell.seed, self._resources)
        except Missing as error:
            return f"required data is missing: {error}"
        other = other_ingredients(cell.cell, found.fingerprints) if found else ""
        other = f"{other}. {MADE}" if other else ""
        told = [text for text in summary.errors if text.startswith((f"{cell.task.id}:", f"{cell.task.id} seed "))]
        return other or "; ".join(told).partition("\n")[0] or "its data or models could not be prepared"


def _network(task: Task) -> str:
    return task.substitute.name if task.substitute is not None else ""


def _key(method: MethodChoice) -> str:
    partners = {role: (each.entry.name, each.parameters) for role, each in method.partners.items()}
    return repr((method.entry.name, method.parameters, partners, method.grid))


@contextmanager
def scratch(registry: Registry, settings: Settings, reporter: Reporter, executor: str) -> Iterator[Scratch]:
    """Yield a store for the time of the block."""
    with TemporaryDirectory(prefix="suite-reproduce-") as folder:
        yield Scratch(registry, settings, reporter, executor, Path(folder))
