"""Cells that other runners have: waited for until they are done, or free again."""

from __future__ import annotations

import time
from collections.abc import Iterable

from suite.run.plan import PlannedCell
from suite.run.schedule import Deadline
from suite.run.summary import Summary
from suite.store.reading import Reader

LOOK_SECONDS = 2.0


class Others:
    """The cells that were left to other runners, while this one waits for them."""

    def __init__(self, url: str, summary: Summary) -> None:
        self._url, self._summary = url, summary
        self._left: dict[str, PlannedCell] = {}

    def add(self, cells: Iterable[PlannedCell]) -> None:
        """Wait for these too."""
        self._left |= {planned.cell.id: planned for planned in cells}

    def freed(self, deadline: Deadline) -> list[PlannedCell]:
        """Wait until some of the cells are free, and return them; none if all have ended, or the time is over."""
        while self._left and deadline.left():
            free = self._look()
            if free:
                return free
            if self._left:
                time.sleep(min(LOOK_SECONDS, deadline.left()))
        return []

    def _look(self) -> list[PlannedCell]:
        reader = Reader(self._url)
        try:
            found = reader.whereabouts(self._left)
        finally:
            reader.close()
        free = []
        for identifier, planned in list(self._left.items()):
            where = found.get(identifier, "free")
            if where == "taken":
                continue
            del self._left[identifier]
            self._summary.elsewhere -= 1
            self._summary.done_before += where == "done"
            self._summary.failed_before += where == "failed"
            self._summary.cancelled += where == "cancelled"
            if where == "free":
                free.append(planned)
        return free
