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
        typer.Argument(metavar="[RUN]...", help="Run ids, or how they start; or the folder of a submission."),
    ] = None,
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Finished runs of a task or pattern.")] = None,
    method: Annotated[list[str] | None, typer.Option("--method", "-m", help="Those of a method or pattern.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; kept with the verdict.")] = "",
    tolerance: Annotated[
        float | None, typer.Option(min=0, help="What a score may differ by, instead of what follows from the changes.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of a cell; as recorded.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or cuda:N; the CPU for what ran there.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Cells side by side; the number of cores.")] = None,
    executor: Annotated[
        str, typer.Option(help="process (a child per cell), ray (a cluster), inline (to debug).")
    ] = "process",
    plugin: PluginOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="table or json.")] = Format.table,
) -> None:
    """Run recorded cells again, exactly, and compare every score with the recorded one.

    The recorded runs stay as they are; the verdicts are kept beside them, and suite show RUN shows them. Exit status:
    0 if all are equal or within tolerance, 1 if one is different or cannot be run again, 2 if something else is wrong.
    The folder of a submission is run again as by suite submit reproduce, which can also keep what came of it.
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
        raise SuiteError("nothing was chosen", place="suite reproduce", next="suite reproduce --task TASK")
    name = clean(by)
    if len(name) > NAME:
        raise SuiteError(f"the name has more than {NAME} signs", place="--by", next="suite reproduce --by NAME RUN")
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
