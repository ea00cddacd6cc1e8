"""``suite reproduce``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import Format, PluginOption, counted, echo, load, print_json

NAME = 100
SUBMISSION = "submission.yaml"


def reproduce(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help="Run ids or the start of an id, or the folder of a submission."),
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option("--task", "-t", help="Finished runs of this task or pattern.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", "-m", help="Finished runs of this method or pattern.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Your name. It is stored with the verdict.")] = "",
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
    executor: Annotated[
        str, typer.Option(help="process: a process for each cell. ray: a cluster. inline: this process, to debug.")
    ] = "process",
    plugin: PluginOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="Print a table or JSON.")] = Format.table,
) -> None:
    """Run recorded cells again, and compare each score with the recorded one.

    The recorded runs stay as they are. `suite show RUN` shows the verdicts. Exit status: 0 if all scores are equal or
    within tolerance. 1 if a score differs or a cell cannot be run again. 2 if something else is wrong. For the folder
    of a submission use `suite submit reproduce`: it can keep the verdicts, too.
    """
    if len(runs or ()) == 1 and (folder := Path((runs or ("",))[0])).joinpath(SUBMISSION).is_file():
        from suite.cli.submit_run import reproduce as of_submission

        of_submission(folder, None, task, method, tolerance, threads, device, workers, None, False, by, form)
        return
    from suite.cli.progress import Progress
    from suite.cli.stopping import stoppable
    from suite.cli.verdicts import document_of, print_surroundings, print_verdict
    from suite.errors import SuiteError
    from suite.run.reproduce.reproduce import chosen
    from suite.run.reproduce.reproduce import reproduce as again
    from suite.settings import load_settings
    from suite.store.archive import Archive
    from suite.text import clean

    registry, settings = load(plugin_files=plugin)
    settings = load_settings(plugins=settings.plugins, device=device, workers=workers)
    if not (runs or task or method):
        raise SuiteError("no run is given", place="suite reproduce", next="suite reproduce --task TASK")
    name = clean(by)
    if len(name) > NAME:
        raise SuiteError(
            f"the name has more than {NAME} characters", place="--by", next="suite reproduce --by NAME RUN"
        )
    archive = Archive(settings)
    try:
        found = chosen(archive, runs or (), task or (), method or ())
    finally:
        archive.close()
    with stoppable("no verdict is kept"), Progress() as progress:
        verdicts = again(
            found, registry, settings, progress, executor=executor, threads=threads, tolerance=tolerance, by=name
        )
    if form is Format.json:
        print_json(json.dumps([document_of(*each) for each in verdicts], indent=1, ensure_ascii=False) + "\n")
    else:
        for run, verdict in verdicts:
            print_verdict(run, verdict)
        print_surroundings(verdicts)
        counts = Counter(verdict.verdict for _, verdict in verdicts)
        echo(f"{counted(len(verdicts), 'run')}: {', '.join(f'{count} {each}' for each, count in counts.items())}")
    if any(verdict.verdict in ("different", "cannot") for _, verdict in verdicts):
        raise typer.Exit(1)
