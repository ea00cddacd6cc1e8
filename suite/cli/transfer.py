"""``suite export-runs`` and ``suite merge``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import counted, echo, load

SHOWN = 5
NAME = 100


def export_runs(
    file: Annotated[Path, typer.Argument(help="File to write, for example results.zip. It must not exist yet.")],
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern. Default: all.")] = None,
    method: Annotated[list[str] | None, typer.Option("--method", "-m", help="Method or pattern. Default: all.")] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="NAME", help="Who made the runs. The name goes to every store that merges the file."
        ),
    ] = "",
    samples: Annotated[bool, typer.Option(help="Include the samples, so that scores can be computed again.")] = True,
) -> None:
    """Write finished and failed runs to a file for `suite merge`, with their scores, environments and samples."""
    import suite
    from suite.errors import SuiteError
    from suite.run.plan import SETTLED
    from suite.store.reading import Reader
    from suite.store.transfer.export import export_runs as write
    from suite.text import clean

    _, settings = load()
    name = clean(by)
    if len(name) > NAME:
        raise SuiteError(
            f"the name has more than {NAME} characters", place="--by", next="suite export-runs FILE --by NAME"
        )
    reader = Reader(settings.database_url)
    try:
        rows = [row for row in reader.latest_runs(scores=False) if row.state in ("done", *SETTLED)]
        rows = [row for row in rows if fits(row.cell.task, task) and fits(row.cell.method, method)]
        if not rows:
            raise SuiteError("none of the chosen runs has ended", place=reader.url, next="suite board --runs")
        reader.check_seals([row.id for row in rows])
        made = write(
            [reader.run(row.id) for row in rows], settings, file, version=suite.__version__, by=name, samples=samples
        )
    finally:
        reader.close()
    without = f"; samples of {counted(made.without, 'run')} are not in it" if made.without else ""
    size = file.stat().st_size / 2**20
    echo(
        f"{file}: {counted(made.runs, 'run')} with {counted(made.samples, 'file')} of samples, {size:.2f} MiB{without}"
    )


def merge(file: Annotated[Path, typer.Argument(help="A file from `suite export-runs`.")]) -> None:
    """Add the runs of a file to the store. Your runs stay as they are. The file may come from anybody: it is checked.

    Exit status: 0, or 1 if the scores of a cell differ from yours, or 2 if the file is refused.
    """
    from suite.run.foreign import judge
    from suite.store.transfer.merge import merge as bring
    from suite.text import clean

    registry, settings = load()
    merged = bring(file, settings, judge(registry))
    counts = {
        "added": merged.added,
        "here before": merged.known,
        "of cells that are done here with the same scores": merged.same,
        "of cells that are done here and failed there": merged.kept,
        "of cells that are under way here, left out": len(merged.busy),
        "in conflict": len(merged.conflicts),
    }
    parts = [f"{counted(count, 'run')} {what}" for what, count in counts.items() if count or what == "added"]
    echo(f"{', '.join(parts)}; {counted(merged.samples, 'new file')} of samples")
    for conflict in merged.conflicts:
        echo(f"conflict: {clean(conflict.title)}: run {conflict.here[:8]} here, {conflict.there[:8]} there; ours stays")
        for column, (here, there) in list(conflict.scores.items())[:SHOWN]:
            echo(f"  {clean(column)}: here {here}, there {there}")
        if len(conflict.scores) > SHOWN:
            echo(f"  and {len(conflict.scores) - SHOWN} more")
    if merged.conflicts:
        echo(f"which of them is right: suite reproduce {' '.join(each.here[:8] for each in merged.conflicts[:SHOWN])}")
        raise typer.Exit(1)


def fits(name: str, patterns: list[str] | None) -> bool:
    """Tell whether a ``track/name``, or its name alone, matches one of the patterns, or there is none."""
    from fnmatch import fnmatchcase

    names = (name, name.split("/", 1)[-1])
    return not patterns or any(fnmatchcase(each, pattern) for pattern in patterns for each in names)
