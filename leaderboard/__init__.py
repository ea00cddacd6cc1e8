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
    Page("track", "Leaderboard", _FOLDER / "track.py", icon=":material/leaderboard:"),
    Page("task", "Tasks", _FOLDER / "task.py", icon=":material/assignment:"),
    Page("method", "Methods", _FOLDER / "method.py", icon=":material/science:"),
    Page("run", "Run", _FOLDER / "run.py", icon=":material/receipt_long:", listed=False),
)
"""In the order of the navigation; the first one opens when the address names none."""


@hookimpl
def suite_register_pages(register: Callable[[Page], None]) -> None:
    """Register every page of this folder."""
    for page in PAGES:
        register(page)
