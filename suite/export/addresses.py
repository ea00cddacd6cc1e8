"""Where each page of the site lies. Names become paths; links are relative, so that any folder will do."""

from __future__ import annotations

import posixpath
import re

from suite.hashing import digest

INDEX = "index.html"
NOT_FOUND = "404.html"
STYLE = "style.css"
SCRIPT = "sort.js"
ICON = "icon.svg"

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*\Z")


def page(kind: str, name: str, part: int = 1) -> str:
    """Return the path of a page in the folder of its kind; a name that is no plain path is replaced by its hash.

    ``~`` stands before the number of a part, because no name of a method or task has it.
    """
    stem = name if _NAME.match(name) and len(name) <= 150 else digest(name)[:16]
    return f"{kind}/{stem}{f'~{part}' if part > 1 else ''}.html"


def index_page(part: int = 1) -> str:
    """Return the path of the first page."""
    return INDEX if part == 1 else f"index~{part}.html"


def track_page(track: str, part: int = 1) -> str:
    """Return the path of a track's page."""
    return page("tracks", track, part)


def task_page(task: str, part: int = 1) -> str:
    """Return the path of a task's page."""
    return page("tasks", task, part)


def method_page(method: str, part: int = 1) -> str:
    """Return the path of the page of a method, given as ``track/name``."""
    return page("methods", method, part)


def table_page(file: str, part: int = 1) -> str:
    """Return the path of a table's page; ``file`` is the name of its files."""
    return f"tables/{file}{f'~{part}' if part > 1 else ''}.html"


def metrics_page(file: str, part: int = 1) -> str:
    """Return the path of the page with every metric of a table."""
    return f"metrics/{file}{f'~{part}' if part > 1 else ''}.html"


def table_file(file: str, kind: str) -> str:
    """Return the path of a table's file of a kind: ``json``, ``csv``, ``parquet`` or ``png``."""
    return f"tables/{file}.{kind}"


def relative(target: str, start: str) -> str:
    """Return the address of one path of the site as it is written on the page at another."""
    return posixpath.relpath(target, posixpath.dirname(start) or ".")


def portable(label: str) -> str:
    """Return a label as a name for a file or folder of any system; two labels never share one."""
    plain = re.sub(r"[^A-Za-z0-9.=-]+", "_", label).strip("._")[:100]
    return plain if plain == label else f"{plain}-{digest(label)[:8]}"
