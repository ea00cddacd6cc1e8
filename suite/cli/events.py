"""A run for another program to follow: one JSON document an event, a line each, on the error output."""

from __future__ import annotations

import enum
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import fields
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import typer

from suite.cli.output import AS_EVENTS, event

if TYPE_CHECKING:
    from suite.run.summary import Summary
    from suite.store.rows import CellRow


class LogFormat(enum.StrEnum):
    """How a run tells how it goes."""

    text = "text"
    json = "json"


def told(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command with the option ``log_format`` tell all that it says on the error output as events, if asked to."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        if options.get("log_format") is not LogFormat.json:
            command(*arguments, **options)
            return
        from suite.errors import SuiteError, as_suite_error

        before = AS_EVENTS.set(True)
        handler, root = _Handler(), logging.getLogger()
        root.addHandler(handler)
        logging.captureWarnings(True)
        try:
            command(*arguments, **options)
        except (SuiteError, OSError) as problem:
            error = problem if isinstance(problem, SuiteError) else as_suite_error(problem)
            if error is None:
                raise
            event("error", cause=error.cause, place=error.place, next=error.next)
            raise typer.Exit(2) from None
        finally:
            logging.captureWarnings(False)
            root.removeHandler(handler)
            AS_EVENTS.reset(before)

    return run


class Events:
    """Implements the runner's `Reporter`."""

    def __init__(self) -> None:
        self._stage = ""
        self._total = self._done = 0
        self._cells: dict[str, dict[str, Any]] = {}  # those under way, by their run

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def stage(self, title: str, total: int) -> None:
        """A stage of so many steps begins."""
        self._stage, self._total, self._done = title, total, 0
        event("stage started", stage=title, total=total)

    def began(self, run: str, cell: CellRow) -> None:
        """A cell has started."""
        about = {"task": cell.task, "setting": cell.setting, "method": cell.method, "parameters": cell.parameters}
        self._cells[run] = {"run": run, "cell": cell.id, **about, "seed": cell.seed}
        event("cell started", **self._cells[run])

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
        """One step of the stage has ended."""
        self._done += 1
        count = {"done": self._done, "total": self._total}
        if run:
            about = self._cells.pop(run, {"run": run})
            event("cell ended", **about, state=state, seconds=seconds, error=detail or None, left=left, **count)
        else:
            name = "prepared" if self._stage == "preparing" else "cell left"
            event(name, what=text, state=state, error=detail or None, **count)

    def message(self, text: str) -> None:
        """Something worth a line happened."""
        event("message", text=text)


def run_started(command: Sequence[str]) -> None:
    """Tell that a run begins."""
    import suite

    event("run started", version=suite.__version__, command=list(command))


def run_ended(summary: Summary, store: str) -> None:
    """Tell what a run did: all that its summary counts."""
    plain = {each.name: getattr(summary, each.name) for each in fields(summary)}
    counts = {name: value for name, value in plain.items() if isinstance(value, int)}
    lists = {"failures": [vars(each) for each in summary.failures], "errors": summary.errors}
    event("run ended", states=summary.states, **counts, **lists, store=store, clean=summary.clean)


class _Handler(logging.Handler):
    """Tells what libraries warn of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one warning, with its traceback if it has one."""
        event("message", text=self.format(record))
