"""``suite submit run`` and ``suite submit reproduce``."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import Format, counted, echo, load, print_json, seconds_of

if TYPE_CHECKING:
    from suite.registry import Registry
    from suite.submit import Report
    from suite.submit.run import Ran

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="A submission: a folder with submission.yaml.")]
ContainerOption = Annotated[
    bool | None,
    typer.Option(
        "--container/--no-container",
        help="Methods in containers of podman or docker; if not said, other people's, where one starts, on the CPU.",
        show_default=False,
    ),
]


def run(
    folder: FolderArgument,
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="A task of it; all if not given.")] = None,
    seed: Annotated[list[int] | None, typer.Option("--seed", "-s", min=0, help="Of its seeds; all if none.")] = None,
    limit: Annotated[str, typer.Option(metavar="TIME", help="Stop after this time, as 10m; repeat to go on.")] = "",
    workers: Annotated[int | None, typer.Option(min=1, help="Cells side by side; the number of cores.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Wall-clock seconds of a cell.")] = None,
    memory_limit: Annotated[float | None, typer.Option(help="GiB of memory of a cell.")] = None,
    container: ContainerOption = None,
    pack: Annotated[bool, typer.Option("--pack", help="Put the results into FOLDER, which must have none.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who runs it; --pack needs it.")] = "",
) -> None:
    """Install the methods of a submission apart from everything else, run them apart from their judge, and record it.

    FOLDER is checked first. Its code is imported in confined processes alone, and what they were kept from is printed.
    Exit status: 0, or 1 if FOLDER is not fine or a cell failed, or 2 if something else is wrong.
    """
    from suite.cli.endings import print_summary
    from suite.cli.progress import Progress
    from suite.cli.stopping import stoppable
    from suite.errors import SuiteError
    from suite.settings import load_settings
    from suite.submit.pack import add_results
    from suite.submit.run import run as ran

    registry, _ = load()
    given = {"workers": workers, "time_limit": time_limit, "memory_limit": memory_limit}
    settings = load_settings(**given)
    of = checked(folder, registry, anew=True).submission
    assert of is not None
    if pack and of.results is not None:
        raise SuiteError("it has results already", place=str(folder), next=f"suite submit reproduce {folder}")
    if pack and not by:
        raise SuiteError("who runs it is missing", place="--pack", next=f"suite submit run {folder} --pack --by NAME")
    with stoppable("what finished is recorded, the same command goes on from there"), Progress() as progress:
        made = ran(
            folder,
            of,
            settings,
            progress,
            tasks=task or (),
            seeds=seed or (),
            limit=seconds_of(limit) if limit else math.inf,
            container=container,
        )
    for summary in made.summaries:
        print_summary(summary, settings)
    _print_confinement(made)
    if pack:
        written = add_results(folder, made.runs, settings, registry, by=by)
        echo(f"{folder / 'results'}: {counted(written.runs, 'run')}; next: suite submit check {folder}")
    if not all(summary.clean for summary in made.summaries):
        raise typer.Exit(1)


def reproduce(
    folder: FolderArgument,
    sample: Annotated[int | None, typer.Option(min=1, help="So many cells at random; all if not given.")] = None,
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern.")] = None,
    method: Annotated[list[str] | None, typer.Option("--method", "-m", help="Method or pattern.")] = None,
    tolerance: Annotated[
        float | None, typer.Option(min=0, help="What a score may differ by, instead of what follows from the changes.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of a cell; as recorded.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or cuda:N; the CPU for what ran there.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Cells side by side; the number of cores.")] = None,
    container: ContainerOption = None,
    record: Annotated[bool, typer.Option("--record", help="Add what came of it to the history; needs --by.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; kept in the history.")] = "",
    form: Annotated[Format, typer.Option("--format", "-f", help="table or json.")] = Format.table,
) -> None:
    """Run recorded cells of a submission again, and compare every score with the recorded one.

    Code that is not the suite's own is kept apart as suite submit run does. Exit status: 0 if all are equal or within
    tolerance, 1 if not or FOLDER is not fine, 2 if something else is wrong.
    """
    from suite.cli.progress import Progress
    from suite.cli.stopping import stoppable
    from suite.cli.verdicts import document_of, print_surroundings, print_verdict
    from suite.errors import SuiteError
    from suite.settings import load_settings
    from suite.submit.reproduce import reproduce as again
    from suite.submit.states import record as add

    registry, _ = load()
    settings = load_settings(device=device, workers=workers)
    report = checked(folder, registry)
    if report.results is None or report.submission is None:
        raise SuiteError("it has no results", place=str(folder), next=f"suite submit run {folder} --pack --by NAME")
    if record and not by:
        raise SuiteError("who does it is missing", place="--record", next="suite submit reproduce --record --by NAME")
    with stoppable("nothing is kept of it"), Progress() as progress:
        made = again(
            folder,
            report.submission,
            report.results,
            settings,
            progress,
            sample=sample,
            tasks=task or (),
            methods=method or (),
            threads=threads,
            tolerance=tolerance,
            container=container,
        )
    if form is Format.json:
        cells = [document_of(*each) for each in made.verdicts]
        told = {"state": made.state, "reason": made.reason, "evidence": made.evidence, "cells": cells}
        print_json(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    else:
        for each in made.verdicts:
            print_verdict(*each)
        print_surroundings(made.verdicts)
        echo(f"{folder.name}: {made.state or 'neither reproduced nor disputed'}: {made.reason}")
    if record and made.state:
        add(folder, made.state, by=by, reason=made.reason, evidence=made.evidence)
    if made.state != "reproduced" or made.evidence["cannot"]:
        raise typer.Exit(1)


def checked(folder: Path, registry: Registry, *, anew: bool = False) -> Report:
    """Return the report on a folder that is fine; else print what is wrong, and end the command with 1."""
    from suite.submit import check

    report = check(folder, registry, anew=anew)
    if not report.ok:
        for problem in report.problems:
            echo(str(problem), err=True)
        echo(f"{report.folder}: {counted(len(report.problems), 'problem')}; nothing of it was run", err=True)
        raise typer.Exit(1)
    return report


def _print_confinement(made: Ran) -> None:
    from suite.run.split.confinement import WORDS

    done = [run for run in made.runs if run.state == "done"]
    if not any(run.isolation for run in done):
        return
    where = f"in a container of {made.container}" if made.container else "in processes of their own"
    echo(f"the methods ran {where}; of each the kernel made sure:")
    for word in made.confined:
        echo(f"  {word}: {WORDS.get(word, '')}")
    if not made.confined:
        echo("  nothing: this system has no means for it")
