"""``suite submit pack``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from suite.cli.output import counted, echo, load


def pack(
    name: Annotated[str, typer.Argument(help="Name of the submission, for example my-method.")],
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern. Default: all.")] = None,
    method: Annotated[list[str] | None, typer.Option("--method", "-m", help="Method or pattern. Default: all.")] = None,
    about: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take title, authors and so on from this submission.yaml.")
    ] = None,
    title: Annotated[str, typer.Option(help="Title that the board shows.")] = "",
    author: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[; AFFILIATION[; ORCID]]", help="An author. Give it again for each author."),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Licence of method and results, by its SPDX name: MIT, Apache-2.0.")
    ] = "",
    contact: Annotated[str, typer.Option(help="Mail or https address where somebody answers.")] = "",
    paper: Annotated[str, typer.Option(help="Address (https) or DOI of the paper.")] = "",
    code: Annotated[
        bool, typer.Option("--code", help="Submit the code, too, so that others can run the method.")
    ] = False,
    wheel: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Wheel of the method, if no package index has it.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who submits. Default: the first author.")] = "",
    samples: Annotated[
        float,
        typer.Option(
            min=0,
            metavar="MIB",
            help="Include at most this many MiB of samples, in whole tables. Packed, they take about half.",
        ),
    ] = 16,
    folder: Annotated[Path, typer.Option("--in", metavar="DIR", help="Folder to write to.")] = Path("submissions"),
    archive: Annotated[bool, typer.Option("--archive", help="Write NAME.zip, too. You can send or upload it.")] = False,
) -> None:
    """Make a submission from runs of your store: a folder DIR/NAME with submission.yaml, results, history and wheels.

    Exit status: 0 or 2. With 2 nothing is written: something is missing, or DIR/NAME exists.
    """
    import suite
    from suite.submit.pack import pack as write
    from suite.submit.pack import pack_archive
    from suite.submit.present import present_runs

    registry, settings = load()
    given: dict[str, Any] = _given(about)
    options = {"title": title, "licence": licence, "contact": contact, "paper": paper}
    given |= {key: value for key, value in options.items() if value}
    given |= {"tier": "code"} if code else {}
    if wheel and given.get("tier") != "code":
        echo("warning: these are results alone: nobody runs the wheel. With --code others run the method", err=True)
    given |= {"authors": [_author(text) for text in author]} if author else {}
    who = by or next((each.get("name", "") for each in given.get("authors", ())), "")
    chosen = _runs(settings, task, method)
    runs = present_runs(chosen, registry, settings, tier=str(given.get("tier", "results")))
    packed = write(
        runs,
        settings,
        registry,
        folder / name,
        given,
        version=suite.__version__,
        by=who,
        wheels=wheel or (),
        samples=int(samples * 2**20),
    )
    without = f"; samples of {counted(packed.without, 'run')} are not in it" if packed.without else ""
    size = f"{packed.bytes / 2**20:.2f} MiB"
    echo(
        f"{packed.folder}: {counted(packed.runs, 'run')}, {counted(packed.samples, 'file')} of samples, {size}{without}"
    )
    if left := len(chosen) - len(runs):
        echo(
            f"{counted(left, 'run')} left out: of other versions or sources of methods or tasks than are installed here"
        )
    if failed := sum(run.state != "done" for run in runs):
        echo(
            f"warning: {counted(failed, 'run')} not done, packed as they are: the board says that they failed", err=True
        )
    if archive:
        pack_archive(packed.folder, folder / f"{name}.zip")
        echo(f"{folder / f'{name}.zip'}: the same in one file")
    echo(f"next: suite submit check {packed.folder}")


def _runs(settings: Any, task: list[str] | None, method: list[str] | None) -> list[Any]:
    from suite.cli.transfer import fits
    from suite.errors import SuiteError
    from suite.run.plan import SETTLED
    from suite.store.reading import Reader

    reader = Reader(settings.database_url)
    try:
        rows = [row for row in reader.latest_runs(scores=False) if row.state in ("done", *SETTLED)]
        rows = [row for row in rows if fits(row.cell.task, task) and fits(row.cell.method, method)]
        if not rows:
            raise SuiteError("none of the chosen runs has ended", place=reader.url, next="suite board --runs")
        reader.check_seals([row.id for row in rows])
        return [reader.run(row.id) for row in rows]
    finally:
        reader.close()


def _given(about: Path | None) -> dict[str, Any]:
    """Return what a submission.yaml says that its runs do not."""
    from suite.errors import SuiteError
    from suite.store.submission.folder import read_plain
    from suite.store.submission.yaml import LARGEST, Unreadable, parse

    if about is None:
        return {}
    try:
        value = parse(read_plain(about, LARGEST)).value
    except OSError:
        raise SuiteError(
            f"the file {about} does not exist", place="--about", next="give another file, or leave --about out"
        ) from None
    except Unreadable as error:
        raise SuiteError(str(error), place=f"{about}, line {error.line}", next="correct the file") from None
    if not isinstance(value, dict):
        raise SuiteError("the file must be a list of fields", place=str(about), next="correct the file")
    return {key: each for key, each in value.items() if key not in ("format", "name", "methods", "runs", "results")}


def _author(text: str) -> dict[str, str]:
    parts = [part.strip() for part in text.split(";")]
    return {key: part for key, part in zip(("name", "affiliation", "orcid"), parts, strict=False) if part}
