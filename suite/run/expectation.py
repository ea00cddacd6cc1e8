"""How long cells are expected to take: as those that finished before, or else as their task declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from suite.contracts import Cost
from suite.store.rows import CellRow

Kind = tuple[str, str]
"""What cells of about the same cost share: their protocol, which no seed changes, and their method."""


@dataclass
class _Mean:
    total: float = 0.0
    count: int = 0

    def add(self, seconds: float, count: int = 1) -> None:
        self.total += seconds * count
        self.count += count

    def __call__(self) -> float:
        return self.total / self.count


class Expectation:
    """Expected seconds of cells and preparations; learns from each cell that ends.

    ``past`` are (task, protocol, method, mean seconds, number) of finished cells.
    """

    def __init__(self, past: Iterable[tuple[str, str, str, float, int]], declared: Mapping[str, Cost | None]) -> None:
        self._declared = declared
        self._kinds: dict[Kind, _Mean] = {}
        self._tasks: dict[str, _Mean] = {}
        for task, protocol, method, seconds, count in past:
            self._add(task, (protocol, method), seconds, count)

    def learn(self, cell: CellRow, seconds: float) -> None:
        """Take a cell into account that has finished."""
        self._add(cell.task, kind(cell), seconds, 1)

    def knows(self, cell: CellRow) -> bool:
        """Tell whether a cell of the method has finished under the same protocol."""
        return kind(cell) in self._kinds

    def seconds(self, cell: CellRow) -> float | None:
        """Return the mean of such cells, else of the task's, else what the task declares; None if it does not."""
        mean = self._kinds.get(kind(cell))
        return mean() if mean else self.of_task(cell.task)

    def of_task(self, task: str) -> float | None:
        """Return the mean of the task's cells, else what the task declares; None if it does not."""
        if task in self._tasks:
            return self._tasks[task]()
        cost = self._declared.get(task)
        return cost.cell if cost else None

    def preparation(self, task: str) -> float | None:
        """Return the seconds that preparing a seed of the task is declared to take."""
        cost = self._declared.get(task)
        return cost.preparation if cost else None

    def _add(self, task: str, of: Kind, seconds: float, count: int) -> None:
        self._kinds.setdefault(of, _Mean()).add(seconds, count)
        self._tasks.setdefault(task, _Mean()).add(seconds, count)


def kind(cell: CellRow) -> Kind:
    """Return what cells of about the same cost share."""
    return cell.protocol, cell.method
