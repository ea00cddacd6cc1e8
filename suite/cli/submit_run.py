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

FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder of a submission, with its submission.yaml.")
]
ContainerOption = Annotated[
    bool | None,
    typer.Option(
        "--container/--no-container",
        help="Run methods in containers of podman or docker. Default: others' code on the CPU, if a container starts.",
        show_default=False,
    ),
]


def run(
    folder: FolderArgument,
    task: Annotated[
        list[str] | None, typer.Option("--task", "-t", help="Task of the submission. Default: all.")
    ] = None,
    seed: Annotated[
        list[int] | None, typer.Option("--seed", "-s", min=0, help="Seed of the submission. Default: all.")
    ] = None,
    limit: Annotated[
        str, typer.Option(metavar="TIME", help="Stop after this time: 10m. Run the same command to go on.")
    ] = "",
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many cells run at once. Default: the number of cores.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Time limit of a cell, in seconds.")] = None,
    memory_limit: Annotated[float | None, typer.Option(help="Memory limit of a cell, in GiB.")] = None,
    container: ContainerOption = None,
    pack: Annotated[bool, typer.Option("--pack", help="Write the results to FOLDER. It must have none yet.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Your name. --pack needs it.")] = "",
) -> None:
    """Install the methods of a submission in an environment of their own, run them, and record the runs.

    FOLDER is checked first. Its code runs only in confined processes. The command prints what they could not reach.
    Exit status: 0, or 1 if FOLDER has a problem or a cell failed, or 2 if something else is wrong.
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
        raise SuiteError(
            "the submission already has results", place=str(folder), next=f"suite submit reproduce {folder}"
        )
    if pack and not by:
        raise SuiteError("--pack needs your name", place="--pack", next=f"suite submit run {folder} --pack --by NAME")
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
    sample: Annotated[
        int | None, typer.Option(min=1, help="Run this many cells, chosen at random. Default: all.")
    ] = None,
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern. Default: all.")] = None,
    method: Annotated[list[str] | None, typer.Option("--method", "-m", help="Method or pattern. Default: all.")] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0, help="Largest difference of a score that counts as equal. Default: it follows from what changed."
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads of a cell. Default: as in the recorded run.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="One of auto, cpu, cuda, cuda:N. A run that was made on the CPU stays there with auto."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many cells run at once. Default: the number of cores.")
    ] = None,
    container: ContainerOption = None,
    record: Annotated[bool, typer.Option("--record", help="Add the verdict to the history. It needs --by.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Your name. It is kept in the history.")] = "",
    form: Annotated[Format, typer.Option("--format", "-f", help="Print a table or JSON.")] = Format.table,
) -> None:
    """Run cells of a submission again, and compare each score with the recorded one.

    Code of others is confined as in `suite submit run`. Exit status: 0 if all scores are equal or within tolerance. 1
    if not, or if FOLDER has a problem. 2 if something else is wrong.
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
        raise SuiteError(
            "the submission has no results", place=str(folder), next=f"suite submit run {folder} --pack --by NAME"
        )
    if record and not by:
        raise SuiteError("--record needs your name", place="--record", next="suite submit reproduce --record --by NAME")
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
    echo(f"the methods ran {where}; for each the kernel ensured:")
    for word in made.confined:
        echo(f"  {word}: {WORDS.get(word, '')}")
    if not made.confined:
        echo("  nothing: this system has no means for it")
