"""The leaderboard app: app.py and one file a page. The built-in pages register as anybody else's do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.contracts import Page
from suite.hookspecs import hookimpl

# Not called "pages": of a folder of that name Streamlit makes a navigation of its own until ours is known, and the
# first visitor who asks for a page of a third party would be told that it does not exist.
_FOLDER = Path(__file__).resolve().parent / "views"

PAGES = (
    Page("home", "Home", _FOLDER / "home.py"),
    Page("board", "Leaderboard", _FOLDER / "board.py"),
    Page("tasks", "Tasks", _FOLDER / "tasks.py"),
    Page("methods", "Methods", _FOLDER / "methods.py"),
    Page("compare", "Compare", _FOLDER / "compare.py"),
    Page("matrix", "Matrix", _FOLDER / "matrix.py"),
    Page("cost", "Cost", _FOLDER / "cost.py"),
    Page("task", "Task", _FOLDER / "task.py", listed=False),
    Page("method", "Method", _FOLDER / "method.py", listed=False),
    Page("run", "Run", _FOLDER / "run.py", listed=False),
)
"""In the order of the navigation; the first one opens when the address names none."""


@hookimpl
def suite_register_pages(register: Callable[[Page], None]) -> None:
    """Register every page of this folder."""
    for page in PAGES:
        register(page)
