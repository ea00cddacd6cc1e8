"""Texts of the code as Markdown: what a docstring marks as code stays code, and all else is shown as it is written."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

CODE = re.compile(r"(``.+?``|`[^`\n]+`)", re.DOTALL)
SPECIAL = re.compile(r"([\\*_\[\]#|])")


def prose(text: str | None) -> str:
    """Return a text of one or more paragraphs: lists and indented lines of a docstring keep their lines."""
    lines = inspect.cleandoc(text or "").splitlines()
    parts = CODE.split("\n".join(lines))
    return "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def line(text: str | None) -> str:
    """Return a text on one line, as a cell of a table or an item of a list takes it."""
    return " ".join(prose(text).split())


def code(value: object) -> str:
    """Return a value as code, on one line."""
    text = " ".join(str(value).split()).replace("`", "'")
    return f"`{text}`" if text else ""


def listed(values: Iterable[object]) -> str:
    """Return values as code, parted by commas."""
    return ", ".join(code(value) for value in values)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; no row, no table."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines, ""]) if lines else ""


def _code(part: str) -> str:
    return code(part.strip("`"))


def _plain(part: str) -> str:
    escaped = SPECIAL.sub(r"\\\1", part).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"^(\s*)\\\* ", r"\1* ", escaped, flags=re.MULTILINE)  # an item of a list
