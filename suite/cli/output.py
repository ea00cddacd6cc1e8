"""Printing: lists as a table, JSON or CSV, and the plugins' failures once per command."""

from __future__ import annotations

import enum
import json
import re
import shlex
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from suite.registry import Registry
    from suite.settings import Settings


class Format(enum.StrEnum):
    """How a list is printed."""

    table = "table"
    json = "json"
    csv = "csv"


UNLIMITED = 10_000
"""Columns for what is piped into a file or another program: no table is as wide, and none is cut."""

FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="Format of the output. JSON is stable and documented.")
]
PluginOption = Annotated[
    list[Path] | None, typer.Option("--plugin", metavar="FILE", help="Load this Python file with hooks as a plugin.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with 1 if a plugin cannot be loaded.")]


def load(strict: bool = False, plugin_files: Sequence[Path] | None = None) -> tuple[Registry, Settings]:
    """Load settings and registry; warn of plugins that failed, and with ``strict`` end the command."""
    from suite.registry import load_registry
    from suite.settings import load_settings

    settings = load_settings()
    for file in plugin_files or ():
        if not file.is_file():
            from suite.errors import SuiteError

            raise SuiteError(
                f"the plugin file {file} does not exist", place=f"--plugin {file}", next=f"ls {file.parent}"
            )
    if plugin_files:
        files = (*settings.plugins, *(file.resolve() for file in plugin_files))
        settings = settings.model_copy(update={"plugins": files})
    registry = load_registry(settings.plugins, settings.disabled_plugins)
    failed = [plugin for plugin in registry.plugins if plugin.failures]
    if failed:
        names = "; ".join(f"{plugin.name}: {plugin.failures[0].message.splitlines()[0]}" for plugin in failed)
        kind = "error" if strict else "warning"
        count = counted(len(failed), "plugin")
        given = {str(file.resolve()) for file in plugin_files or ()}
        options = "".join(f" --plugin {shlex.quote(each.origin)}" for each in failed if each.origin in given)
        echo(f"{kind}: {count} failed, the rest goes on ({names}); see: suite plugins --traceback{options}", err=True)
        if strict:
            raise typer.Exit(1)
    return registry, settings


def setting_pair(text: str) -> tuple[str, str]:
    """Return axis and value of ``AXIS=VALUE``.

    Raises:
        SuiteError: the text is not of this form.
    """
    from suite.errors import SuiteError

    axis, _, value = text.partition("=")
    if not (axis and value):
        raise SuiteError(f"{text!r} is not AXIS=VALUE", place="--setting", next="suite tasks show TASK")
    return axis, value


AS_EVENTS: ContextVar[bool] = ContextVar("AS_EVENTS", default=False)
"""Whether what goes to the error output is told as events, for a program that reads them; see `suite.cli.events`."""


def event(name: str, **about: Any) -> None:
    """Tell of an event on the error output: one line of JSON, with the time in UTC."""
    from suite.text import escaped

    document = {"event": name, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), **about}
    typer.echo(escaped(json.dumps(document, ensure_ascii=False)), err=True)


def echo(text: object = "", *, err: bool = False) -> None:
    """Print lines. Whatever a plugin has put in them drives no terminal; see `suite.text`."""
    from suite.text import block

    if err and AS_EVENTS.get():
        event("message", text=str(text))
        return
    typer.echo(block(text), err=err)


def print_json(text: str) -> None:
    """Print a piece of JSON as it is, but for signs that drive a terminal, which are written as JSON escapes them."""
    from suite.text import escaped

    typer.echo(escaped(text), nl=False)


def print_csv(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as CSV with one header; texts are cleaned, and no spreadsheet takes one for a formula."""
    from suite.board.export import to_csv

    typer.echo(to_csv(rows), nl=False)


def counted(count: int, noun: str) -> str:
    """Return ``1 cell`` or ``2 cells``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def print_list(rows: Sequence[dict[str, Any]], form: Format) -> None:
    """Print rows of equal keys; the values are text, numbers, booleans, None, or lists of text."""
    if form is Format.json:
        print_json(json.dumps(list(rows), indent=1, ensure_ascii=False) + "\n")
    elif form is Format.csv:
        print_csv(rows)
    else:
        _print_table(rows)


def _print_table(rows: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from suite.text import clean

    table = Table(box=None, pad_edge=False)
    for name in rows[0] if rows else ():
        numeric = all(isinstance(row[name], int | float) or row[name] is None for row in rows)
        least = max(map(len, clean(name).split()), default=0)  # no word of a heading is broken
        table.add_column(clean(name), justify="right" if numeric else "left", overflow="fold", min_width=least)
    for row in rows:
        table.add_row(*(Text(clean(_shown(value))) for value in row.values()))
    console().print(table)


def seconds_of(text: str, option: str = "--limit", next: str = "suite run --limit 10m") -> float:
    """Return the seconds of a length of time as one types it: ``90s``, ``10m``, ``1h30m``, ``7d``.

    Raises:
        SuiteError: it is none.
    """
    from suite.errors import SuiteError

    parts = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text.replace(" ", ""))
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()) if parts else (0, 0, 0, 0)
    if not days + hours + minutes + seconds:
        raise SuiteError(f"{text!r} is not a length of time", place=option, next=next)
    return 86400.0 * days + 3600.0 * hours + 60.0 * minutes + seconds


def bytes_of(text: str, option: str) -> int:
    """Return the bytes of a size as one types it: ``500M``, ``5GiB``; units of 1024.

    Raises:
        SuiteError: it is none.
    """
    from suite.errors import SuiteError

    parts = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?", text.replace(" ", ""), re.IGNORECASE)
    if parts is None:
        raise SuiteError(f"{text!r} is not a size", place=option, next=f"{option} 500M or 5G")
    return int(float(parts[1]) * 1024 ** " KMGT".index(parts[2].upper() or " "))


def duration(seconds: float) -> str:
    """Return a length of time as one reads it: ``40 s``, ``2 min 40 s``, ``12 min``, ``3 h 10 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60) if minutes >= 60 else (0, minutes)
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{rest} s" if not hours else "")
    shown = [part for part in parts if part and part != "0 s"] if minutes < 10 else [part for part in parts[:2] if part]
    return " ".join(shown) or "0 s"


def console() -> Any:
    """Return a console that does not squeeze tables when the output is not a terminal."""
    from rich.console import Console

    return Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=UNLIMITED)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)
