"""The page of the command line: every verb with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from suite.cli.main import app
from suite.reference.markdown import code, line, prose, table


def verbs() -> Iterator[tuple[str, Any, Any]]:
    """Yield (``suite run``, the command, its context) of every command, in the order of the help."""
    yield from _below("suite", get_command(app), None)


def _below(name: str, command: Any, parent: Any) -> Iterator[tuple[str, Any, Any]]:
    context = command.context_class(command, info_name=name.rpartition(" ")[2], parent=parent)
    yield name, command, context
    for word, child in getattr(command, "commands", {}).items():
        yield from _below(f"{name} {word}", child, context)


def page() -> str:
    """Return the page: for each verb what it does, how it is typed, and a table of its options."""
    parts = ["# Command line"]
    for name, command, context in verbs():
        rows = [parameter.get_help_record(context) for parameter in command.params if not parameter.hidden]
        parts += [
            f"## {name}",
            prose(command.help),
            f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```",
            table(("argument or option", "what"), [(code(typed), line(about)) for typed, about in filter(None, rows)]),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"
