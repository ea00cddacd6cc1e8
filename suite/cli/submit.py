"""``suite submit``: what needs no run."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli import submit_pack, submit_review, submit_run
from suite.cli.output import counted, echo, load, print_json

if TYPE_CHECKING:
    from suite.registry import Registry
    from suite.settings import Settings
    from suite.store.submission import Listed
    from suite.submit import Report

app = typer.Typer(help="Submit methods and results, or check and run those of others.", no_args_is_help=True)
app.command("pack")(submit_pack.pack)
app.command("run")(submit_run.run)
app.command("reproduce")(submit_run.reproduce)
app.command("review")(submit_review.review)

FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder of a submission, with its submission.yaml.")
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Your name. It is kept in the history.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="The reason. It is kept in the history.")]


class ReportFormat(enum.StrEnum):
    """How a report is printed."""

    table = "table"
    json = "json"
    markdown = "markdown"


@app.command()
def check(
    folder: FolderArgument,
    form: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="Format of the report. markdown is for a pull request.")
    ] = (ReportFormat.table),
    beside: Annotated[
        Path | None,
        typer.Option(help="Folder of other submissions: their names are taken. Default: the folder around FOLDER."),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(
            help="An older copy of FOLDER. The history must continue it, without lines that only maintainers write."
        ),
    ] = None,
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            help="If all is fine, add a line to the history: 'submitted' if it is new or changed, else 'validated'.",
        ),
    ] = False,
    by: ByOption = "",
) -> None:
    """Check a submission, and print each problem. No code of it is run. Only --record writes anything.

    Exit status: 0 if all is fine, 1 if there is a problem, 2 if something else is wrong.
    """
    from suite.submit import check as checked
    from suite.submit.states import record_check

    registry, settings = load()
    report = checked(folder, registry, beside=beside, before=before, anew=record)
    if form is ReportFormat.markdown:
        _print_markdown(report, folder, registry, settings)
    elif form is ReportFormat.json:
        print_json(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")
    else:
        _print_report(report)
    if not report.ok:
        raise typer.Exit(1)
    if record:
        event = record_check(folder, by=by)
        echo(f"{report.folder}: {event.state} by {event.by}", err=form is not ReportFormat.table)


@app.command()
def status(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Folder of one submission, or of many.", show_default=True)
    ] = Path("submissions"),
    form: Annotated[ReportFormat, typer.Option("--format", "-f", help="Print a table or JSON.")] = ReportFormat.table,
) -> None:
    """Print the state and the history of a submission, or list the submissions in a folder."""
    from suite.cli.output import Format, print_list
    from suite.errors import SuiteError
    from suite.store.submission import listed, read_submissions
    from suite.store.submission.reading import FILE
    from suite.text import clean

    one = (folder / FILE).is_file()
    found = [listed(folder.absolute())] if one else read_submissions(folder)
    if not found:
        raise SuiteError("the folder holds no submission", place=str(folder), next="suite submit pack NAME")
    if form is ReportFormat.json:
        print_json(json.dumps([_document(each) for each in found], indent=1, ensure_ascii=False) + "\n")
        return
    print_list([_row(each) for each in found], Format.table)
    for event in found[0].history if one else ():
        about = " of other files" if event.submission != found[0].sha256 else ""
        reason = f": {clean(event.reason)}" if event.reason else ""
        echo(f"{event.time:%Y-%m-%d %H:%M} {event.state}{about} by {clean(event.by)}{reason}")
        for name, value in event.evidence.items():
            echo(f"  {clean(name)}: {clean(value)[:200]}")


@app.command()
def dispute(folder: FolderArgument, reason: ReasonOption, by: ByOption) -> None:
    """Mark the results of a submission as disputed, with the reason."""
    _add(folder, "disputed", reason, by)


@app.command()
def withdraw(folder: FolderArgument, reason: ReasonOption, by: ByOption) -> None:
    """Withdraw a submission, with the reason. Its files stay, and its rows leave the board."""
    _add(folder, "withdrawn", reason, by)


@app.command()
def schema() -> None:
    """Print the JSON Schema of submission.yaml."""
    from suite.store.submission.schema import schema as made

    print_json(made())


def _add(folder: Path, state: Any, reason: str, by: str) -> None:
    from suite.submit.states import record

    event = record(folder, state, by=by, reason=reason)
    echo(f"{folder.name}: {event.state} by {event.by}: {event.reason}")


def _print_report(report: Report) -> None:
    for problem in report.problems:
        echo(str(problem))
    of = report.submission
    if report.ok and of is not None:
        runs = f", {counted(len(report.results.runs), 'run')}" if report.results else ", no results"
        echo(f"{report.folder} is fine: {of.tier}, {counted(len(of.names), 'method')}{runs}")
    else:
        echo(f"{report.folder}: {counted(len(report.problems), 'problem')}")


def _print_markdown(report: Report, folder: Path, registry: Registry, settings: Settings) -> None:
    from suite.submit.comparison import as_markdown, compared, places_of

    print_json(report.as_markdown())
    if report.ok and report.results is not None:
        print_json(f"\n{as_markdown(compared(report.results, registry, places_of(folder, settings)))}")


def _row(each: Listed) -> dict[str, Any]:
    from suite.submit.damage import damage

    damaged = "" if each.problem else damage(each.folder)
    state = "cannot be read" if each.problem else "damaged" if damaged else each.state
    return {
        "name": each.name,
        "state": f"{state}{', edited since' if each.edited else ''}",
        "tier": each.tier,
        "title": each.title,
        "authors": list(each.authors),
        "submitted": f"{each.submitted:%Y-%m-%d}" if each.submitted else None,
        "changed": f"{each.changed:%Y-%m-%d}" if each.changed else None,
        "problem": each.problem or damaged,
    }


def _document(each: Listed) -> dict[str, Any]:
    return {
        **_row(each),
        "state": each.state,
        "edited": each.edited,
        "sha256": each.sha256,
        "history": [event.model_dump(mode="json") for event in each.history],
    }
