"""``suite rescore``."""

from __future__ import annotations

from typing import Annotated

import typer

from suite.cli.output import StrictOption, counted, echo, load


def rescore(
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern. Default: all.")] = None,
    strict: StrictOption = False,
) -> None:
    """Compute scores again from stored samples, if a metric has a newer version. No cell is run again.

    Exit status: 0, or 1 if the samples of a run are missing or its data has changed.
    """
    registry, settings = load(strict)
    from suite.cache import Cache
    from suite.contracts import Resources
    from suite.run.rescore import rescore as compute
    from suite.run.selection import Request, select_tasks

    choices = select_tasks(registry, Request(tasks=tuple(task or ("*",))))
    summary = compute(Resources(settings, Cache(settings.cache_folder)), [choice.task for choice in choices])
    echo(f"{counted(summary.done, 'run')} rescored, {summary.current} have the metrics of today")
    for error in summary.errors:
        echo(f"error: {error}", err=True)
    if summary.errors:
        raise typer.Exit(1)
