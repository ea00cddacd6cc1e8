"""``suite submit review``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import counted, echo, load


def review(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="Folder of all submissions, before the pull request.")],
    proposed: Annotated[Path, typer.Argument(metavar="PROPOSED", help="The same folder, after the pull request.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the whole report to this file, as JSON.")
    ] = None,
) -> None:
    """Check each submission that a pull request adds, changes or removes, and compare its rows with the others.

    No code of either folder is run. Exit status: 0 if all is fine, else 1.
    """
    from suite.errors import SuiteError
    from suite.files import write_text_atomic
    from suite.submit.review import review as reviewed
    from suite.text import escaped

    for folder in (base, proposed):
        if folder.is_symlink() or not folder.is_dir():
            raise SuiteError("this is not a folder", place=str(folder), next="suite submit review --help")
    registry, _ = load()
    found = reviewed(base, proposed, registry)
    if output is not None:
        write_text_atomic(output, escaped(json.dumps(found.as_json(), indent=1) + "\n"))
    for change in found.changes:
        problems = counted(len(change.report.problems), "problem") if not change.report.ok else "fine"
        echo(f"{change.name}: {change.kind}, {problems}")
        for problem in change.report.problems:
            echo(f"  {problem}")
        for row in change.rows:
            question, place = (
                f"{row.task} {row.setting}".strip(),
                f"rank {row.rank} of {row.field}" if row.rank else row.why,
            )
            echo(f"  {question}: {row.method} {row.value}, {place}, {row.difference} to {row.best}")
    if found.left:
        echo(f"{counted(found.left, 'change')} more, which nobody looked at: send them apart")
    if not found.changes:
        echo("no submission is changed")
    if not found.ok:
        raise typer.Exit(1)
