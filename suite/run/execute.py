"""Executing: claim a cell, have it run, record it; one after the other as workers come free."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from suite.contracts import Executor, Job, JobExit
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.plan import PlannedCell
from suite.run.record import Recorder
from suite.run.result import RESULT_FILE
from suite.run.retry import persistently
from suite.run.schedule import Schedule
from suite.run.split.plan import plan_loads, plan_split
from suite.run.summary import Reporter, Summary
from suite.settings import Settings
from suite.store.complaints import Away
from suite.store.opening import LEASE_SECONDS
from suite.store.writing import Writer

AGAIN_SECONDS = 1.0
"""After which a renewal of the leases that failed is tried again."""

CANCEL_SECONDS = 2.0
"""How soon a runner hears that one of its cells was cancelled."""


class Execution:
    """Runs scheduled cells into one store."""

    def __init__(
        self,
        writer: Writer,
        recorder: Recorder,
        settings: Settings,
        reporter: Reporter,
        summary: Summary,
        schedule: Schedule,
        registry: Registry,
        orders: Mapping[str, str] | None = None,
    ) -> None:
        """Run what is scheduled; ``orders`` are the secrets of the order of the test of cells that are made again."""
        self._writer = writer
        self._recorder = recorder
        self._settings = settings
        self._reporter = reporter
        self._summary = summary
        self._schedule = schedule
        self._registry = registry
        self._orders = orders or {}
        self._claimed: dict[Path, tuple[str, PlannedCell]] = {}  # by the job's folder: the run and its cell
        self.elsewhere: list[PlannedCell] = []  # cells that other runners have

    def run(self, executor: Executor, threads: int) -> None:
        """Run the cells and record each as it ends. When interrupted, what is under way is given back.

        Raises:
            SuiteError: the disk is full, or the store fails; what finished stays in its folder for the next run.
        """
        self._reporter.stage("running", self._schedule.waiting)
        try:
            with _lease_keeper(self._writer), self._cancel_watch(executor):
                self._run(executor, self._schedule.take(), threads)
                for planned in self._schedule.take_alone():
                    self._run(executor, iter([planned]), threads)
        except BaseException:
            self._writer.hurry()
            raise
        finally:
            self._summary.waiting = self._schedule.waiting
            for folder, (run, _) in self._claimed.items():
                if not (folder / RESULT_FILE).exists():
                    with suppress(Away):  # its lease or its owner's end frees the cell
                        self._writer.release(run)
                    shutil.rmtree(folder, ignore_errors=True)

    def _run(self, executor: Executor, cells: Iterator[PlannedCell], threads: int) -> None:
        jobs = self._claims(cells, threads, type(executor))
        for ended in persistently(executor, jobs, self._schedule.deadline, self._reporter.message):
            self._end(ended, ended.job.folder in executor.cancelled)

    def _claims(self, cells: Iterator[PlannedCell], threads: int, executor: type[Executor]) -> Iterator[Job]:
        """Claim one cell after the other as the executor asks for them; those that others have are left to them."""
        for planned in cells:
            cell = planned.cell
            if planned.open_attempts and (why := self._recorder.give_up(cell)):
                self._count(planned, cell.title, "killed", why, 0.0)
                continue
            run = secrets.token_hex(8)
            folder = self._settings.pending / run
            self._claimed[folder] = (run, planned)  # first: whatever interrupts the claim, it is released
            if self._writer.claim(cell, sys.argv[1:], planned.attempts, run) is None:
                del self._claimed[folder]
                self._schedule.ended(cell, False, 0.0)
                self._summary.elsewhere += 1
                self.elsewhere.append(planned)
                self._reporter.step(cell.title, "elsewhere")
                continue
            folder.mkdir(parents=True)
            self._recorder.begin(cell, folder)
            self._reporter.began(run, cell)
            identity = json.loads(cell.identity)
            split, unsplit = plan_split(self._registry, self._settings, executor, cell, self._orders.get(cell.id))
            yield Job(
                kind="evaluate",
                task=cell.task,
                seed=cell.seed,
                folder=folder,
                settings=self._settings,
                method=cell.method,
                setting=cell.setting,
                parameters=identity["parameters"],
                partners=identity.get("partners", {}),
                grid=identity.get("grid", {}),
                source=identity["method_source"],
                task_source=identity.get("task_source"),
                threads=threads,
                split=split,
                unsplit=unsplit,
                loads=plan_loads(self._registry, cell) if split is None else None,
                time_limit=min(self._settings.time_limit, self._schedule.deadline.left()),
                requirements=self._registry.tasks[cell.task].requirements,
            )

    def _end(self, ended: JobExit, cancelled: bool) -> None:
        run, planned = self._claimed[ended.job.folder]
        if ended.reason == "no-space":
            raise SuiteError(
                f"the disk is full: {ended.detail}",
                place=str(ended.job.folder),
                next=f"free some space (df -h {self._settings.pending}), then: suite run",
            )
        if cancelled or ended.reason == "cancelled":
            self._summary.cancelled += 1
            self._give_back(ended, run)
            self._schedule.ended(planned.cell, False, 0.0)
            self._reporter.step(str(ended.job), "cancelled")
            return
        if ended.reason == "timeout" and not self._schedule.deadline.left():
            self._schedule.give_back(planned)  # the time of the run was over, not the cell's
            self._give_back(ended, run)
            return
        if ended.reason == "damaged":
            self._give_back(ended, run)
            self._schedule.ended(planned.cell, False, 0.0)
            self._summary.errors.append(f"{ended.job} was given back: {ended.detail}")
            self._reporter.step(str(ended.job), "given back", ended.detail)
            return
        state, error, seconds = self._recorder.record(run, planned.cell, ended)
        del self._claimed[ended.job.folder]
        self._count(planned, str(ended.job), state, error, seconds, run)

    def _give_back(self, ended: JobExit, run: str) -> None:
        self._writer.release(run)
        del self._claimed[ended.job.folder]
        shutil.rmtree(ended.job.folder, ignore_errors=True)

    def _count(self, planned: PlannedCell, title: str, state: str, error: str, seconds: float, run: str = "") -> None:
        seconds = self._schedule.ended(planned.cell, state == "done", seconds)
        self._summary.count(title, state, seconds, run, error)
        self._reporter.step(title, state, error, self._schedule.left(), run=run, seconds=seconds)

    @contextmanager
    def _cancel_watch(self, executor: Executor) -> Iterator[None]:
        """Tell the executor which of its jobs were cancelled, while the block runs, whoever and wherever did it."""

        def look() -> None:
            runs = {run: folder for folder, (run, _) in list(self._claimed.items())}
            executor.cancelled.update(runs[run] for run in self._writer.cancelled(runs))

        with _repeated(look, CANCEL_SECONDS):
            yield


@contextmanager
def _lease_keeper(writer: Writer) -> Iterator[None]:
    """Renew this process's leases while the block runs: cells may take hours."""
    # Whatever is wrong may pass before the lease runs out; if not, recording the next result says so.
    with _repeated(writer.renew_leases, LEASE_SECONDS / 3):
        yield


@contextmanager
def _repeated(act: Callable[[], None], seconds: float) -> Iterator[None]:
    """Do something again and again while the block runs, from a thread, whatever it raises."""
    stop = threading.Event()

    def repeat() -> None:
        pause = seconds
        while not stop.wait(pause):
            pause = min(seconds, AGAIN_SECONDS)
            with suppress(Exception):
                act()
                pause = seconds

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
