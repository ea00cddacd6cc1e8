"""Executing: claim a cell, have it run, record it; one after the other as workers come free."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from suite.contracts import Job, JobExit
from suite.errors import SuiteError
from suite.run.plan import PlannedCell
from suite.run.prepare import MakeExecutor
from suite.run.record import Recorder
from suite.run.result import RESULT_FILE
from suite.run.summary import Reporter, Summary
from suite.settings import Settings
from suite.store.rows import CellRow
from suite.store.writing import LEASE_SECONDS, Writer


class Execution:
    """Runs planned cells into one store."""

    def __init__(
        self, writer: Writer, recorder: Recorder, settings: Settings, reporter: Reporter, summary: Summary
    ) -> None:
        self._writer = writer
        self._recorder = recorder
        self._settings = settings
        self._reporter = reporter
        self._summary = summary
        self._claimed: dict[Path, tuple[str, CellRow]] = {}  # by the job's folder: the run and its cell

    def run(self, cells: list[PlannedCell], make: MakeExecutor) -> None:
        """Run the cells and record each as it ends. When interrupted, what is under way is given back.

        Raises:
            SuiteError: the disk is full, or the store fails; what finished stays in its folder for the next run.
        """
        if not cells:
            return
        self._reporter.stage("running", len(cells))
        executor, threads = make(len(cells))
        try:
            with _lease_keeper(self._writer):
                for ended in executor.execute(self._claims(cells, threads)):
                    self._end(ended)
        finally:
            for folder, (run, _) in self._claimed.items():
                if not (folder / RESULT_FILE).exists():
                    self._writer.release(run)

    def _claims(self, cells: list[PlannedCell], threads: int) -> Iterator[Job]:
        """Claim one cell after the other as the executor asks for them; those that others have are left to them."""
        for planned in cells:
            cell = planned.cell
            run = self._writer.claim(cell, sys.argv[1:], planned.attempts)
            if run is None:
                self._summary.elsewhere += 1
                self._reporter.step(cell.title, "elsewhere")
                continue
            folder = self._settings.pending / run
            self._claimed[folder] = (run, cell)
            folder.mkdir(parents=True)
            self._recorder.begin(cell, folder)
            identity = json.loads(cell.identity)
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
                threads=threads,
                time_limit=self._settings.time_limit,
            )

    def _end(self, ended: JobExit) -> None:
        run, cell = self._claimed[ended.job.folder]
        if ended.reason == "no-space":
            raise SuiteError(
                f"the disk is full: {ended.detail}",
                place=str(ended.job.folder),
                next=f"free some space (df -h {self._settings.pending}), then: suite run",
            )
        state, error = self._recorder.record(run, cell, ended)
        del self._claimed[ended.job.folder]
        self._summary.count(state)
        self._reporter.step(str(ended.job), state, error)


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
