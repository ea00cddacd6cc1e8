"""Where the pages get their data: settings, registry and the last board, loaded once and shared by all visitors.

No page ever builds a board: a worker beside the server does, and pages read what it has made last.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from suite.board.artifact import PATIENCE, last_board
from suite.board.board import Board
from suite.board.watch import trouble
from suite.errors import SuiteError
from suite.registry import Registry, load_registry
from suite.settings import Settings, load_settings
from suite.store.archive import Archive
from suite.store.engine import has_store
from suite.store.published import published

from ..worker import served_folder
from .escape import clean, plain

LOOK_SECONDS = 1.0
_PATH = re.compile(r"(?<![\w.])(~?/|[A-Za-z]:\\|\w+://)[^\s'\")]*")


def settings() -> Settings:
    """Return the settings that the server was started with."""
    return load_settings()


def registry() -> Registry:
    """Return the plugins, loaded once per server."""
    current = settings()
    return _registry(tuple(map(str, current.plugins)), current.disabled_plugins)


def archive() -> Archive:
    """Return the store and what is published, open for reading; a visitor waits two seconds at most.

    Raises:
        SuiteError: as `Archive`.
    """
    return Archive(load_settings(), PATIENCE)


def board() -> Board:
    """Return the last board, at once; if there is none yet, say why and end the page here."""
    current = settings()
    folder = served_folder(current)
    found = last_board(folder)
    if found is not None:
        return found
    problem = trouble(folder)
    if not has_store(current.database_url) and not published(current)[0]:
        show_problem(SuiteError("there is no store yet", place="", next="suite run"))
    elif problem is not None:
        show_problem(SuiteError(problem.cause, place="", next=problem.next))
    _wait(folder)
    st.stop()


def age() -> str:
    """Return why the board that is shown may be old, and how old it is; empty if it is brought up to date."""
    folder = served_folder(settings())
    problem, found = trouble(folder), last_board(folder)
    if problem is None or found is None:
        return ""
    return (
        f"This board is of {minute(found.index.built)}; it could not be brought up to date since "
        f"{minute(problem.since)}: {without_paths(problem.cause)}."
    )


def show_problem(error: SuiteError) -> None:
    """Show a problem and the command that mends it. What names a path of the server is left out."""
    st.title("Nothing to show yet" if error.next == "suite run" else "The board cannot be shown", anchor=False)
    command = shown_command(error.next)
    whole = command == clean(error.next)
    advice = "Type this where the server runs:" if whole else "The same command where the server runs says more:"
    st.info(f"{plain(without_paths(error.cause))}. {advice}", icon=":material/terminal:")
    st.code(command, language="bash")


def without_paths(text: str) -> str:
    """Return a text without paths and addresses: what visitors need not know of the server."""
    return clean(_PATH.sub("…", text))


def shown_command(command: str) -> str:
    """Return a command for visitors: as it is, or ``suite board``, which says more, where it names a path."""
    return "suite board" if _PATH.search(command) else clean(command)


@st.cache_resource(show_spinner="Loading plugins …")
def _registry(plugins: tuple[str, ...], disabled: tuple[str, ...]) -> Registry:
    return load_registry(tuple(map(Path, plugins)), disabled)


@st.fragment(run_every=LOOK_SECONDS)
def _wait(folder: Path) -> None:
    """Draw the page again as soon as there is a board."""
    if last_board(folder) is not None:
        st.rerun()
    if trouble(folder) is None:
        st.info("The board is being built. This page comes by itself.", icon=":material/hourglass_top:")


def minute(stamp: str) -> str:
    """Return an ISO time in UTC to the minute, as one reads it: ``2026-01-02 03:04 UTC``."""
    return f"{stamp[:16].replace('T', ' ')} UTC"
