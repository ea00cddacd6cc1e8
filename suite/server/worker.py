"""Draining the queue: check what waits, put what is accepted in its place, say why another is refused."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from suite.errors import SuiteError, is_machine_failure
from suite.server.examination import Verdict
from suite.server.examiner import Broken, examined
from suite.server.placing import Taken, is_placed, place
from suite.server.reception import UNFINISHED
from suite.settings import Settings
from suite.store.intake import Entry, Queue
from suite.text import clean

POLL = 2.0
REASON = 2000
WORK = ".work-"
STALE = 3600.0


class Worker:
    """Checks uploads one after the other. Several may drain one queue.

    Args:
        queue: what waits.
        settings: where uploads lie, and where accepted submissions go.
        by: who is named in the history of what is accepted.
        tell: is given a line on each upload.

    Raises:
        SuiteError: the folder for accepted submissions is missing.
    """

    def __init__(self, queue: Queue, settings: Settings, by: str, tell: Callable[[str], object]) -> None:
        self._queue = queue
        self._intake = settings.intake_folder
        if not settings.submission_folders:
            raise SuiteError(
                "the folder for accepted submissions is missing",
                place="SUITE_SUBMISSIONS",
                next="unset SUITE_SUBMISSIONS",
            )
        self._submissions = settings.submission_folders[0]
        self._by = by
        self._tell = tell
        self.states: Counter[str] = Counter()

    def drain(self) -> None:
        """Check what waits, until nothing waits."""
        self._sweep()
        while (entry := self._queue.claim()) is not None:
            self._check(entry)

    def watch(self) -> None:
        """Check what waits and what comes, until somebody stops it."""
        while True:
            self.drain()
            time.sleep(POLL)

    def _check(self, entry: Entry) -> None:
        archive = self._intake / entry.id
        try:
            with tempfile.TemporaryDirectory(prefix=WORK, dir=self._intake, ignore_cleanup_errors=True) as folder:
                state, reason = self._settle(entry, archive, Path(folder))
        except BaseException as error:
            # The machine's failure, or Ctrl-C, is no word about the upload.
            if is_machine_failure(error) or not isinstance(error, Exception):
                self._queue.end(entry, "waiting", "the worker was stopped")
                raise
            self._tell(f"{entry.id[:8]}: {type(error).__name__}: {clean(str(error))}")  # which may name paths
            state, reason = "failed", f"the worker has a fault: {type(error).__name__}"
        reason = clean(reason)[:REASON]
        if self._queue.end(entry, state, reason or None):
            archive.unlink(missing_ok=True)
            self.states[state] += 1
            self._tell(f"{entry.id[:8]} of {entry.holder}: {state}{f': {reason}' if reason else ''}")

    def _settle(self, entry: Entry, archive: Path, folder: Path) -> tuple[str, str]:
        if not archive.is_file():
            return "failed", "its file is missing; upload it again"
        try:
            verdict = examined(archive, folder, self._submissions, lambda: self._queue.renew(entry))
        except Broken as error:
            if error.said:
                self._tell(f"{entry.id[:8]}: {clean(error.said)}")
            return "failed", f"{error}; upload it again to try again"
        if verdict.state == "refused":
            # An earlier worker may have put it in place, and died before it could say so.
            placed = verdict.name is not None and is_placed(self._submissions, verdict.name, entry)
            return ("accepted", "") if placed else ("refused", verdict.reason)
        return self._accept(entry, verdict, folder)

    def _accept(self, entry: Entry, verdict: Verdict, folder: Path) -> tuple[str, str]:
        assert verdict.name is not None
        if self._queue.reserve(entry, verdict.name):
            with suppress(Taken):
                place(folder / verdict.name, self._submissions, entry, self._by)
                return "accepted", ""
        return "refused", f"the name {verdict.name!r} is taken by another submission"

    def _sweep(self) -> None:
        """Remove what servers and workers left that were killed, once nobody can be at it any more."""
        needed = self._queue.open_files()
        for path in self._intake.glob("*") if self._intake.is_dir() else ():
            if path.name in needed:
                continue
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > STALE:
                    ours = path.name.startswith((UNFINISHED, WORK)) or len(path.name) == 32
                    if ours and path.is_dir():
                        shutil.rmtree(path, ignore_errors=True)
                    elif ours:
                        path.unlink(missing_ok=True)
