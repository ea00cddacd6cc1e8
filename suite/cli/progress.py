"""Progress of a run: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from suite.cli.output import duration, echo
from suite.text import block

if TYPE_CHECKING:
    from suite.store.rows import CellRow


class Progress:
    """Implements the runner's `Reporter`."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._title = ""
        self._total = self._done = 0

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            columns = (*parts, TextColumn("{task.fields[left]}"))
            self._bar = Bar(*columns, console=Console(stderr=True))
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, title: str, total: int) -> None:
        """A stage of so many steps begins."""
        self._title, self._total, self._done = title, total, 0
        if self._bar is not None:
            self._task = self._bar.add_task(title, total=total, left="")

    def began(self, run: str, cell: CellRow) -> None:
        """Nothing to show: a line for each end is enough."""

    def step(
        self,
        text: str,
        state: str,
        detail: str = "",
        left: float | None = None,
        *,
        run: str = "",
        seconds: float | None = None,
    ) -> None:
        """One step of the stage has ended; only failures get a line of their own on a terminal."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, advance=1, left="" if left is None else f"{duration(left)} left")
        if self._bar is None or state != "done":
            first = f": {detail.splitlines()[0]}" if detail else ""
            self.message(f"{self._title} {self._done}/{self._total} {text} {state}{first}")

    def message(self, text: str) -> None:
        """Something worth a line happened."""
        if self._bar is not None:
            self._bar.console.print(block(text), markup=False, highlight=False)
        else:
            echo(text, err=True)
