"""``suite board``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import Format, FormatOption, StrictOption, load, print_list

if TYPE_CHECKING:
    from suite.settings import Settings


def board(
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern; all if not given.")] = None,
    form: FormatOption = Format.table,
    full: Annotated[bool, typer.Option("--full", help="Every metric on every subset.")] = False,
    protocols: Annotated[
        bool, typer.Option("--all-protocols", help="Also tables of earlier data or versions.")
    ] = False,
    together: Annotated[bool, typer.Option("--together", help="Rank the methods of all leagues as one field.")] = False,
    runs: Annotated[bool, typer.Option("--runs", help="List the runs instead, failures included.")] = False,
    strict: StrictOption = False,
) -> None:
    """Print the leaderboard from the store."""
    from fnmatch import fnmatchcase

    from suite.board.artifact import load_board

    registry, settings = load(strict)
    if runs:
        _print_runs(settings, task or ["*"], form)
        return
    found = load_board(settings, registry)
    tables = [
        table.together() if together else table
        for table in found.tables
        if (protocols or table.current) and any(fnmatchcase(table.task, pattern) for pattern in task or ["*"])
    ]
    if task and not tables:
        from suite.errors import SuiteError
        from suite.store.engine import shown

        raise SuiteError(
            f"no results of {', '.join(task)}", place=shown(settings.database_url), next=f"suite run --task {task[0]}"
        )
    if form is Format.json:
        typer.echo(found.model_copy(update={"tables": tuple(tables)}).model_dump_json(indent=1))
        return
    from suite.board.export import flat_rows, to_csv
    from suite.cli.tables import print_table

    for table in tables:
        if form is Format.csv:
            typer.echo(to_csv(flat_rows(table)), nl=False)
        else:
            print_table(table, full=full)


def _print_runs(settings: Settings, patterns: list[str], form: Format) -> None:
    from fnmatch import fnmatchcase

    from suite.store.reading import Reader

    reader = Reader(settings.database_url)
    rows = [
        {
            "run": run.id,
            "state": run.state,
            "task": run.cell.task,
            "method": run.cell.method,
            "seed": run.cell.seed,
            "attempt": run.attempt,
            "seconds": run.wall_seconds,
            "started": run.started.isoformat(sep=" ", timespec="seconds"),
            "error": (run.error or "").splitlines()[0] if run.error else None,
        }
        for run in sorted(reader.latest_runs(), key=lambda run: (run.cell.task, run.cell.method, run.cell.seed))
        if any(fnmatchcase(run.cell.task, pattern) for pattern in patterns)
    ]
    reader.close()
    print_list(rows, form)
