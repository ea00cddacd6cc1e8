"""In which order cells start, how long the rest is expected to take, and when to stop."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from suite.run.expectation import Expectation, Kind, kind
from suite.run.plan import PlannedCell
from suite.store.rows import CellRow


class Deadline:
    """The moment at which a run has to end, if any."""

    def __init__(self, seconds: float = math.inf) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds until then; infinity if there is no such moment, 0 after it."""
        return max(0.0, self._end - time.monotonic())


@dataclass
class Schedule:
    """The cells of a run that wait, in the order in which they start.

    Of each method of a protocol one cell comes first, since nothing is known of it; then the longest, so that no worker
    is left with a long cell at the end. Cells whose runner died come last of all, since they may be why, and those that
    are tried for the last time (``retries`` after the first), come alone.
    """

    cells: Iterable[PlannedCell]
    expectation: Expectation
    workers: int
    deadline: Deadline
    retries: int = 2
    _waiting: dict[Kind, deque[PlannedCell]] = field(init=False, default_factory=dict)
    _suspects: deque[PlannedCell] = field(init=False, default_factory=deque)
    _under_way: dict[str, tuple[CellRow, float]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for planned in sorted(self.cells, key=lambda planned: planned.open_attempts):
            self._add(planned)

    def take(self) -> Iterator[PlannedCell]:
        """Yield one cell after the other until none is left that is expected to end before the deadline."""
        while (within := self.deadline.left()) > 0:
            fitting = [cells for cells in self._waiting.values() if self._seconds(cells[0]) <= within]
            if not fitting:
                if self._suspects and self._suspects[0].open_attempts < self.retries:
                    yield self._begin(self._suspects.popleft())
                    continue
                return
            chosen = max(fitting, key=self._urgency)
            planned = chosen.popleft()
            if not chosen:
                del self._waiting[kind(planned.cell)]
            yield self._begin(planned)

    def take_alone(self) -> Iterator[PlannedCell]:
        """Yield the cells that are to run alone, when all others have ended, until the deadline."""
        while self._suspects and self.deadline.left():
            yield self._begin(self._suspects.popleft())

    def give_back(self, planned: PlannedCell) -> None:
        """Let a cell wait again that was stopped unfinished."""
        del self._under_way[planned.cell.id]
        self._add(planned)

    def _add(self, planned: PlannedCell) -> None:
        suspect = planned.open_attempts > 0
        waiting = self._suspects if suspect else self._waiting.setdefault(kind(planned.cell), deque())
        waiting.append(planned)

    def _begin(self, planned: PlannedCell) -> PlannedCell:
        self._under_way[planned.cell.id] = (planned.cell, time.monotonic())
        return planned

    def ended(self, cell: CellRow, done: bool, seconds: float) -> float:
        """Note that a cell has ended; returns the seconds that it took: its worker's, or those since it started."""
        _, started = self._under_way.pop(cell.id)
        seconds = seconds or time.monotonic() - started
        if done:
            self.expectation.learn(cell, seconds)
        return seconds

    @property
    def waiting(self) -> int:
        """How many cells have not been started."""
        return sum(map(len, self._waiting.values())) + len(self._suspects)

    def left(self) -> float | None:
        """Return the seconds that all that has not ended is expected to take, None if too little is known."""
        now = time.monotonic()
        costs = [(self.expectation.seconds(cells[0].cell), len(cells)) for cells in self._waiting.values()]
        costs += [(self.expectation.seconds(planned.cell), 1) for planned in self._suspects]
        known = [(seconds, count) for seconds, count in costs if seconds is not None]
        if costs and not known:
            return None
        total = sum(seconds * count for seconds, count in known)
        if known:
            total *= sum(count for _, count in costs) / sum(count for _, count in known)  # the others are as these
        running = ((self.expectation.seconds(cell) or 0.0) - (now - since) for cell, since in self._under_way.values())
        return (total + sum(max(0.0, each) for each in running)) / self.workers

    def _seconds(self, planned: PlannedCell) -> float:
        return self.expectation.seconds(planned.cell) or 0.0

    def _urgency(self, cells: deque[PlannedCell]) -> tuple[bool, float]:
        cell = cells[0].cell
        running = any(kind(other) == kind(cell) for other, _ in self._under_way.values())
        return not (running or self.expectation.knows(cell)), self._seconds(cells[0])
