"""The command ``suite``. Each verb is a module of this folder; heavy imports wait until a verb runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache as kept
from typing import Annotated

import typer

from suite.cli import (
    board,
    cache,
    cancel,
    check,
    compare,
    convert_weights,
    db,
    doctor,
    export,
    forget,
    leaderboard,
    methods,
    new,
    plugins,
    reproduce,
    rescore,
    run,
    serve,
    show,
    submit,
    tasks,
    tokens,
    transfer,
    worker,
)
from suite.cli.output import echo

app = typer.Typer(
    name="suite",
    help="Run methods on standard tasks, and see which ones are best.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("cancel")(cancel.cancel)
app.command("rescore")(rescore.rescore)
app.command("reproduce")(reproduce.reproduce)
app.command("board")(board.board)
app.command("compare")(compare.compare)
app.command("show")(show.show)
app.command("forget")(forget.forget)
app.command("doctor")(doctor.doctor)
app.add_typer(cache.app, name="cache")
app.add_typer(tasks.app, name="tasks")
app.add_typer(methods.app, name="methods")
app.add_typer(new.app, name="new")
app.add_typer(submit.app, name="submit")
app.command("check")(check.check)
app.command("convert-weights")(convert_weights.convert_weights)
app.command("plugins")(plugins.plugins)
app.command("leaderboard")(leaderboard.leaderboard)
app.command("export-runs")(transfer.export_runs)
app.command("merge")(transfer.merge)
app.command("export")(export.export)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.add_typer(tokens.app, name="tokens")
app.add_typer(db.app, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        import suite

        echo(suite.__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run standardized tasks on methods, and see where they stand.

    Settings are environment variables: SUITE_HOME, SUITE_DATA, SUITE_WEIGHTS, SUITE_DEVICE, SUITE_WORKERS and others;
    docs/settings.md lists them.
    """


@kept
def command() -> Callable[..., object]:
    """Return the command, which is made from the verbs' signatures."""
    return typer.main.get_command(app)


def main() -> None:
    """Run the command line; problems that the user can mend are printed without a traceback and exit with 2."""
    from suite.errors import SuiteError, as_suite_error

    try:
        command()()
    except SuiteError as error:
        echo(f"error: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        known = as_suite_error(error)
        if known is None:
            raise
        echo(f"error: {known}", err=True)
        sys.exit(2)
