"""``suite forget``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import counted, echo, load, seconds_of

if TYPE_CHECKING:
    from suite.store.removal import Forgotten

LISTED = 20
YesOption = Annotated[bool, typer.Option("--yes", help="Delete. Without it, only print what would be deleted.")]


def forget(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Run ids, or the start of an id.")
    ] = None,
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Forget runs of this task or pattern.")] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", "-m", help="Forget runs of this method or pattern.")
    ] = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Forget runs in this state: failed, killed, stale, late.")
    ] = None,
    older: Annotated[
        str, typer.Option(metavar="TIME", help="Forget runs that ended longer ago than this: 12h or 30d.")
    ] = "",
    orphans: Annotated[bool, typer.Option("--orphans", help="Delete files that belong to no run, too.")] = False,
    yes: YesOption = False,
) -> None:
    """Delete runs from the store, with their scores, verdicts and logs, and samples that no other run uses.

    A run is deleted if all conditions hold. Running cells stay. `suite run` can run deleted cells again.
    """
    from suite.errors import SuiteError
    from suite.store.health import examine
    from suite.store.removal import Wanted, runs_of
    from suite.store.removal import forget as go
    from suite.store.schema import STATES
    from suite.upkeep.kept import orphans as files_of_no_run

    _, settings = load()
    for each in state or ():
        if each not in STATES:
            raise SuiteError(
                f"{each!r} is not a state. The states are: {', '.join(STATES)}",
                place="--state",
                next="suite forget --state failed",
            )
    wanted = Wanted(
        tuple(runs or ()),
        tuple(task or ()),
        tuple(method or ()),
        tuple(state or ()),
        seconds_of(older, "--older", "suite forget --older 30d") if older else 0.0,
    )
    if wanted == Wanted() and not orphans:
        raise SuiteError("no run and no condition is given", place="suite forget", next="suite forget --state failed")
    chosen = runs_of(settings, wanted) if wanted != Wanted() else []
    for prefix in wanted.ids:
        if not any(row.id.startswith(prefix) for row in chosen):
            raise SuiteError(
                f"no run meets the conditions and has an id that starts with {prefix!r}",
                place="suite forget",
                next="suite board --runs",
            )
    files = files_of_no_run(settings, examine(settings.database_url)) if orphans else []
    gone = go(settings, [row.id for row in chosen], files, really=yes)
    kept = {row.id: row for row in chosen}
    for identifier in gone.runs[:LISTED]:
        row = kept[identifier]
        echo(f"{row.id}  {row.state:14}{row.task} {row.method.split('/', 1)[-1]} seed {row.seed}")
    if len(gone.runs) > LISTED:
        echo(f"... and {len(gone.runs) - LISTED} more")
    _print_counts(gone, Counter(kept[each].state for each in gone.runs), yes)


def _print_counts(gone: Forgotten, states: Counter[str], yes: bool) -> None:
    from suite.upkeep.finding import size

    if gone.running:
        echo(f"{counted(len(gone.running), 'run')} under way: left alone")
    counts = f" ({', '.join(f'{count} {state}' for state, count in states.items())})" if states else ""
    parts = (f"{counted(len(gone.runs), 'run')}{counts}", counted(gone.scores, "score"), counted(gone.cells, "cell"))
    what = f"{', '.join(parts)}, {counted(len(gone.files), 'file')} of {size(gone.bytes)}"
    echo(f"forgotten: {what}" if yes else f"would forget {what}; to do so, add --yes")
