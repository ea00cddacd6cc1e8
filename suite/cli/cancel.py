"""``suite cancel``."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import counted, echo

if TYPE_CHECKING:
    from suite.store.reading import Reader
    from suite.store.rows import RunRow


def cancel(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN]...", help="Ids of running runs, or the start of an id. `suite board --runs` lists them."
        ),
    ] = None,
    task: Annotated[str, typer.Option("--task", "-t", help="Cancel the running cells of this task or pattern.")] = "",
    method: Annotated[
        str, typer.Option("--method", "-m", help="Cancel the running cells of this method or pattern.")
    ] = "",
) -> None:
    """Stop running cells, on any machine that uses the same store. The other cells go on.

    A cancelled cell does not count as a failure of its method. Runners that are at work do not start it again, but the
    next `suite run` does. The process executor stops a cell within seconds. The inline executor finishes the cell, and
    does not record it.
    """
    from suite.errors import SuiteError
    from suite.settings import load_settings
    from suite.store.reading import Reader
    from suite.store.writing import Writer

    if not (runs or task or method):
        raise SuiteError("no run is given", place="suite cancel", next="suite board --runs, then: suite cancel RUN")
    url = load_settings().database_url
    reader = Reader(url)
    try:
        found = [_running(reader, prefix) for prefix in runs or ()]
        if task or method:
            found += [run for run in reader.latest_runs(scores=False) if _fits(run, task or "*", method or "*")]
    finally:
        reader.close()
    writer = Writer(url)
    try:
        cancelled = [run for run in {run.id: run for run in found}.values() if writer.cancel(run.id, "suite cancel")]
    finally:
        writer.close()
    for run in cancelled:
        echo(f"{run.id}: {run.cell.title}")
    echo(f"{counted(len(cancelled), 'cell')} cancelled")


def _running(reader: Reader, prefix: str) -> RunRow:
    from suite.errors import SuiteError

    run = reader.run(prefix)
    if run.state != "running":
        raise SuiteError(
            f"run {run.id} is not running: its state is {run.state}", place=run.cell.title, next="suite board --runs"
        )
    return run


def _fits(run: RunRow, task: str, method: str) -> bool:
    names = {run.cell.task: task, run.cell.method: method}
    return run.state == "running" and all(
        fnmatchcase(name, pattern) or fnmatchcase(name.partition("/")[2], pattern) for name, pattern in names.items()
    )
