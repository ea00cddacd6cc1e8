"""``suite export``."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import StrictOption, counted, echo, load

if TYPE_CHECKING:
    from suite.board.board import Board
    from suite.registry import Registry

_STRANGE = re.compile(r"[\s\x00-\x1f\x7f\"<>\\]")
"""Signs that an address is written without, and that a browser or pydantic would mend in silence."""


class ExportFormat(enum.StrEnum):
    """What is written."""

    site = "site"
    every_eval_ever = "every-eval-ever"
    hub = "hub"


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write. It must be new, empty or an older export.")
    ],
    form: Annotated[
        ExportFormat,
        typer.Option("--format", "-f", help="site writes web pages. docs/export.md tells of the others."),
    ] = ExportFormat.site,
    url: Annotated[str, typer.Option(metavar="URL", help="Address of the site, for its sitemap and previews.")] = "",
    dataset: Annotated[
        str, typer.Option(metavar="OWNER/NAME", help="For --format hub: the data set of the benchmark on the hub.")
    ] = "",
    organization: Annotated[
        str, typer.Option(metavar="NAME", help="For --format every-eval-ever: who gives the results.")
    ] = "unknown",
    strict: StrictOption = False,
) -> None:
    """Write the board as a static site, or in a format that other collections of results read."""
    registry, settings = load(strict)
    from suite.board.artifact import load_board
    from suite.errors import SuiteError

    base = _base(url)
    board = load_board(settings, registry)
    try:
        _write(registry, board, form, folder, base, dataset, organization)
    except OSError as error:  # whatever it is, the target is at fault: all else is in memory or checked
        raise SuiteError(
            f"cannot write the export: {error.strerror or error}",
            place=str(folder),
            next="suite export ANOTHER_FOLDER",
        ) from error


def _write(
    registry: Registry, board: Board, form: ExportFormat, folder: Path, base: str, dataset: str, organization: str
) -> None:
    if form is ExportFormat.site:
        from suite.export.site import export_site

        with_results = {entry.task for entry in board.entries}
        waiting = [entry.name for entry in registry.tasks if entry.name not in with_results]
        pages = export_site(board, folder, base, waiting)
        echo(f"{counted(pages, 'page')} in {folder}; open {folder / 'index.html'}")
    elif form is ExportFormat.every_eval_ever:
        from suite.export.every_eval_ever import export_records

        records = export_records(board, folder, organization)
        echo(f"{counted(records, 'record')} in {folder}")
    else:
        from suite.export.hub import export_results

        files = export_results(board, folder, dataset)
        echo(f"{counted(files, 'file')} in {folder}")


def _base(url: str) -> str:
    """Return the address with a slash at its end.

    Raises:
        SuiteError: it is none.
    """
    from pydantic import HttpUrl, ValidationError

    from suite.errors import SuiteError

    if not url:
        return ""
    try:
        parts = HttpUrl(url)
    except ValidationError:
        parts = None
    if parts is None or parts.query is not None or parts.fragment is not None or parts.username or _STRANGE.search(url):
        raise SuiteError(
            f"{url!r} is not the address of a site", place="--url", next="suite export DIR --url https://..."
        )
    return f"{str(parts).rstrip('/')}/"
