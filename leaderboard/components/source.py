"""Where the pages get their data: settings, registry and board, loaded once and shared by all visitors."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from suite.board.artifact import load_board
from suite.board.board import Board
from suite.errors import SuiteError
from suite.registry import Registry, load_registry
from suite.settings import Settings, load_settings

from .escape import plain

FRESH_SECONDS = 5


def settings() -> Settings:
    """Return the settings that the server was started with."""
    return load_settings()


def registry() -> Registry:
    """Return the plugins, loaded once per server."""
    current = settings()
    return _registry(tuple(map(str, current.plugins)), current.disabled_plugins)


def board() -> Board:
    """Return the board, at most a few seconds old; if there is none, say what to do and end the page here."""
    current = settings()
    try:
        return _board(current.model_dump_json(), current, registry())
    except SuiteError as error:
        show_problem(error)
        st.stop()


def show_problem(error: SuiteError) -> None:
    """Show a problem and the command that mends it. Its place is a path of the server and is left out."""
    st.title("Nothing to show yet" if error.next == "suite run" else "The board cannot be shown")
    st.info(f"{plain(error.cause)}. Type this where the server runs, then reload:", icon=":material/terminal:")
    st.code(error.next, language="bash")


@st.cache_resource(show_spinner="Loading plugins …")
def _registry(plugins: tuple[str, ...], disabled: tuple[str, ...]) -> Registry:
    return load_registry(tuple(map(Path, plugins)), disabled)


@st.cache_resource(ttl=FRESH_SECONDS, max_entries=4, show_spinner="Building the board …")
def _board(key: str, _settings: Settings, _registry: Registry) -> Board:
    return load_board(_settings, _registry)
