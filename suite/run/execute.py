"""Executing: claim a cell, have it run, record it; one after the other as workers come free."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from suite.contracts import Executor, Job, JobExit
from suite.errors import SuiteError
from suite.registry import Registry
from suite.run.plan import PlannedCell
from suite.run.record import Recorder
from suite.run.result import RESULT_FILE
from suite.run.schedule import Schedule
from suite.run.split.plan import plan_split
from suite.run.summary import Reporter, Summary
from suite.settings import Settings
from suite.store.engine import Away
from suite.store.opening import LEASE_SECONDS
from suite.store.writing import Writer

AGAIN_SECONDS = 1.0
"""After which a renewal of the leases that failed is tried again."""


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

    def run(self, executor: Executor, threads: int) -> None:
        """Run the cells and record each as it ends. When interrupted, what is under way is given back.

        Raises:
            SuiteError: the disk is full, or the store fails; what finished stays in its folder for the next run.
        """
        self._reporter.stage("running", self._schedule.waiting)
        try:
            with _lease_keeper(self._writer):
                for ended in executor.execute(self._claims(threads, type(executor))):
                    self._end(ended)
        except BaseException:
            self._writer.hurry()
            raise
        finally:
            self._summary.waiting = self._schedule.waiting
            for folder, (run, _) in self._claimed.items():
                if not (folder / RESULT_FILE).exists():
                    with suppress(Away):  # its lease or its owner's end frees the cell
                        self._writer.release(run)

    def _claims(self, threads: int, executor: type[Executor]) -> Iterator[Job]:
        """Claim one cell after the other as the executor asks for them; those that others have are left to them."""
        for planned in self._schedule.take():
            cell = planned.cell
            run = self._writer.claim(cell, sys.argv[1:], planned.attempts)
            if run is None:
                self._schedule.ended(cell, False, 0.0)
                self._summary.elsewhere += 1
                self._reporter.step(cell.title, "elsewhere")
                continue
            folder = self._settings.pending / run
            self._claimed[folder] = (run, planned)
            folder.mkdir(parents=True)
            self._recorder.begin(cell, folder)
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
                time_limit=min(self._settings.time_limit, self._schedule.deadline.left()),
            )

    def _end(self, ended: JobExit) -> None:
        run, planned = self._claimed[ended.job.folder]
        if ended.reason == "no-space":
            raise SuiteError(
                f"the disk is full: {ended.detail}",
                place=str(ended.job.folder),
                next=f"free some space (df -h {self._settings.pending}), then: suite run",
            )
        if ended.reason == "timeout" and not self._schedule.deadline.left():
            self._schedule.give_back(planned)  # the time of the run was over, not the cell's
            self._writer.release(run)
            del self._claimed[ended.job.folder]
            shutil.rmtree(ended.job.folder, ignore_errors=True)
            return
        state, error, seconds = self._recorder.record(run, planned.cell, ended)
        del self._claimed[ended.job.folder]
        seconds = self._schedule.ended(planned.cell, state == "done", seconds)
        self._summary.count(str(ended.job), state, seconds)
        self._reporter.step(str(ended.job), state, error, self._schedule.left())


@contextmanager
def _lease_keeper(writer: Writer) -> Iterator[None]:
    """Renew this process's leases while the block runs, from a thread: cells may take hours."""
    stop = threading.Event()

    def renew() -> None:
        pause = LEASE_SECONDS / 3
        while not stop.wait(pause):
            pause = AGAIN_SECONDS
            # Whatever is wrong may pass before the lease runs out; if not, recording the next result says so.
            with suppress(Exception):
                writer.renew_leases()
                pause = LEASE_SECONDS / 3

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
