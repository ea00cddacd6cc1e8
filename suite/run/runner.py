"""The runner: plan, prepare, execute, record. Whatever it is interrupted by, the same command goes on from there."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from suite.cache import Cache
from suite.contracts import Job, Missing, Resources, Task
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.identity import Ingredients, known_ingredients, make_cell
from suite.run.record import Recorder
from suite.run.result import RESULT_FILE, read_result
from suite.run.selection import Request, Selected, select_methods, select_tasks
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.rows import CellRow
from suite.store.writing import LEASE_SECONDS, Writer

SETTLED = ("failed", "timeout", "out-of-memory", "killed", "invalid")
"""States that are results: such a cell runs again only when asked to."""

UNTRIED = ("", 0)


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

    tasks: list[str] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    recovered: int = 0
    done_before: int = 0
    failed_before: int = 0
    elsewhere: int = 0

    def blame(self, task: Task, error: SuiteError) -> None:
        """Note once why a task cannot run."""
        text = f"{task.id}: {error}"
        if text not in self.errors:
            self.errors.append(text)

    @property
    def clean(self) -> bool:
        """Whether everything that was run succeeded."""
        return not self.errors and set(self.states) <= {"done"}


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


class Runner:
    """Runs what a request asks for, with one executor, into one store."""

    def __init__(self, registry: Registry, settings: Settings, reporter: Reporter, executor: str = "process") -> None:
        self.registry = registry
        self.settings = settings
        self.reporter = reporter
        self._executor = registry.executors[executor]
        self._resources = Resources(settings, Cache(settings.cache_folder), log=reporter.message)
        self._pending = settings.home / "pending"

    def run(self, request: Request) -> Summary:
        """Run the cells that are not done yet, and record each as it ends.

        Raises:
            SuiteError: something is wrong that no cell can be blamed for: the request, the store, the disk.
        """
        tasks = select_tasks(self.registry, request)
        methods = select_methods(self.registry, request, {task.track for task in tasks})
        if not tasks or not methods:
            found = f"{len(tasks)} tasks and {len(methods)} methods match"
            raise SuiteError(f"nothing to run: {found}", place="suite run", next="suite tasks; suite methods")
        summary = Summary(tasks=[task.id for task in tasks])
        writer = Writer(self.settings.database_url)
        try:
            recorder = Recorder(writer, self.registry, self.settings)
            summary.recovered = recorder.recover(self._pending)
            wanted = [Seeded(task, seed) for task in tasks for seed in request.seeds or task.seeds]
            cells = self._plan(wanted, methods, request, summary)
            self._execute(cells, writer, recorder, summary)
        finally:
            writer.close()
        return summary

    def _plan(self, wanted: list[Seeded], methods: list[Selected], request: Request, summary: Summary) -> list[Planned]:
        """Return the cells to run, having prepared what they share."""
        ingredients = self._look_up(wanted, summary)
        skipped = {"done"} if request.retry_failed else {"done", *SETTLED}
        states = self._states(ingredients, methods)
        due = [
            seeded
            for seeded, found in ingredients.items()
            if found is None
            or any(states.get(cell.id, UNTRIED)[0] not in skipped for cell in _cells(seeded, found, methods))
        ]
        self._prepare(due, ingredients, summary)
        states = self._states(ingredients, methods)
        cells = [cell for seeded, found in ingredients.items() if found for cell in _cells(seeded, found, methods)]
        latest = [(cell, *states.get(cell.id, UNTRIED)) for cell in cells]
        summary.done_before = sum(state == "done" for _, state, _ in latest)
        summary.failed_before = sum(state in skipped - {"done"} for _, state, _ in latest)
        return [Planned(cell, attempts) for cell, state, attempts in latest if state not in skipped]

    def _look_up(self, wanted: list[Seeded], summary: Summary) -> dict[Seeded, Ingredients | None]:
        """Return the ingredients of each task and seed, None where preparing has to find them out."""
        found: dict[Seeded, Ingredients | None] = {}
        for seeded in wanted:
            try:
                found[seeded] = known_ingredients(seeded.task, seeded.seed, self._resources)
            except Missing as error:
                next_command = "export SUITE_DATA=<mirror>, or SUITE_HUB=1 to download it"
                summary.blame(seeded.task, SuiteError("required data is missing", place=str(error), next=next_command))
            except SuiteError as error:  # this task's data or weights; the other tasks go on
                summary.blame(seeded.task, error)
        return found

    def _states(
        self, ingredients: dict[Seeded, Ingredients | None], methods: list[Selected]
    ) -> dict[str, tuple[str, int]]:
        cells = [cell.id for seeded, found in ingredients.items() if found for cell in _cells(seeded, found, methods)]
        reader = Reader(self.settings.database_url)
        try:
            return reader.states(cells)
        finally:
            reader.close()

    def _prepare(self, due: list[Seeded], ingredients: dict[Seeded, Ingredients | None], summary: Summary) -> None:
        """Train models and extract features where cells are going to need them; drop what cannot be prepared."""
        if not due:
            return
        self.reporter.stage("preparing", len(due))
        workers = min(self.settings.workers, len(due))
        threads = max(1, self.settings.workers // workers)
        executor = self._executor(self.settings, workers, self.reporter.message)
        with TemporaryDirectory(prefix="suite-prepare-") as folder:
            jobs = {}
            for number, seeded in enumerate(due):
                place = Path(folder) / str(number)
                place.mkdir()
                job = Job(
                    kind="prepare",
                    task=seeded.task.id,
                    seed=seeded.seed,
                    folder=place,
                    settings=self.settings,
                    threads=threads,
                    time_limit=self.settings.prepare_time_limit,
                )
                jobs[place] = (seeded, job)
            for ended in executor.execute(job for _, job in jobs.values()):
                seeded = jobs[ended.job.folder][0]
                result = read_result(ended.job.folder)
                state = result.state if result else ended.reason
                if state == "done":
                    ingredients[seeded] = known_ingredients(seeded.task, seeded.seed, self._resources)
                else:
                    del ingredients[seeded]
                    reason = (result.error if result else "") or ended.detail
                    summary.errors.append(f"{seeded} could not be prepared ({state}): {reason}")
                self.reporter.step(str(seeded), state)

    def _execute(self, cells: list[Planned], writer: Writer, recorder: Recorder, summary: Summary) -> None:
        if not cells:
            return
        self.reporter.stage("running", len(cells))
        workers = min(self.settings.workers, len(cells))
        threads = max(1, self.settings.workers // workers)
        claimed: dict[Path, tuple[str, CellRow]] = {}
        executor = self._executor(self.settings, workers, self.reporter.message)
        try:
            with _lease_keeper(writer):
                for ended in executor.execute(self._claims(cells, writer, recorder, claimed, threads, summary)):
                    run, cell = claimed[ended.job.folder]
                    if ended.reason == "no-space":
                        raise SuiteError(
                            f"the disk is full: {ended.detail}",
                            place=str(self._pending),
                            next=f"free some space (df -h {self._pending}), then: suite run",
                        )
                    state, error = recorder.record(run, cell, ended)
                    del claimed[ended.job.folder]
                    summary.states[state] = summary.states.get(state, 0) + 1
                    self.reporter.step(str(ended.job), state, error)
        finally:
            for folder, (run, _) in claimed.items():
                if not (folder / RESULT_FILE).exists():
                    writer.release(run)

    def _claims(
        self,
        cells: list[Planned],
        writer: Writer,
        recorder: Recorder,
        claimed: dict[Path, tuple[str, CellRow]],
        threads: int,
        summary: Summary,
    ) -> Iterator[Job]:
        """Claim one cell after the other as the executor asks for them; those that others have are left to them."""
        for planned in cells:
            cell = planned.cell
            run = writer.claim(cell, sys.argv[1:], planned.attempts)
            if run is None:
                summary.elsewhere += 1
                self.reporter.step(f"{cell.task} {cell.method} seed {cell.seed}", "elsewhere")
                continue
            folder = self._pending / run
            claimed[folder] = (run, cell)
            folder.mkdir(parents=True)
            recorder.begin(cell, folder)
            yield Job(
                kind="evaluate",
                task=cell.task,
                seed=cell.seed,
                folder=folder,
                settings=self.settings,
                method=cell.method,
                parameters=cell.parameters,
                source=json.loads(cell.identity)["method_source"],
                threads=threads,
                time_limit=self.settings.time_limit,
            )


def _cells(seeded: Seeded, ingredients: Ingredients | None, methods: list[Selected]) -> list[CellRow]:
    if ingredients is None:
        return []
    return [
        make_cell(seeded.task, method.entry, method.parameters, seeded.seed, ingredients)
        for method in methods
        if method.entry.value.track == seeded.task.track
    ]


@contextmanager
def _lease_keeper(writer: Writer) -> Iterator[None]:
    """Renew this process's leases while the block runs, from a thread: cells may take hours."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(LEASE_SECONDS / 3):
            # Whatever is wrong may pass before the lease runs out; if not, recording the next result says so.
            with suppress(Exception):
                writer.renew_leases()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
