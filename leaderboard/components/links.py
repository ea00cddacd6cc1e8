"""Links between the pages. They carry query parameters, so that every view has an address."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from suite.board.model import Entry, Table

Query = dict[str, list[str]]
"""The parameters of an address, each with all its values."""

_FOLLOW, _COMPLETE = (Path(__file__).with_name(f"{name}.js").read_text() for name in ("links", "complete"))


def href(page: str, /, **parameters: str | Sequence[str]) -> str:
    """Return a link to a page in the same tab, by the page's path, empty for the home page.

    Relative, so that it holds behind a proxy that serves the app below a path. Empty parameters are left out.
    """
    given = {name: value for name, value in parameters.items() if value}
    return f"{page or './'}{'?' if given else ''}{urlencode(given, doseq=True)}"


def table_href(table: Table | Entry) -> str:
    """Return the link to a table."""
    setting = {axis_key(axis): value for axis, value in table.setting.items()}
    return href("board", track=table.track, task=table.task, **setting, protocol=table.protocol[:12])


def follow() -> None:
    """Let links and forms open in the same tab without loading the app anew; the script is ours alone."""
    st.html(f"<script>{_FOLLOW}</script>", unsafe_allow_javascript=True)


def complete(page: str, asked: str, query: str) -> None:
    """Put a query into the address of a page without a new entry of the history, if it still has the one asked for.

    Queries are percent-encoded, and so hold no HTML.
    """
    data = Markup('data-page="{}" data-asked="{}" data-query="{}"').format(page, asked, query)
    st.html(f"<script {data}>{_COMPLETE}</script>", unsafe_allow_javascript=True)


def axis_key(axis: str) -> str:
    """Return the query parameter of a task's axis, which is no other control's."""
    return f"setting.{axis}"
