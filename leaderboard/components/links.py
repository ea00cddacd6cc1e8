"""Links between the pages. They carry query parameters, so that every view has an address."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

import streamlit as st
from markupsafe import escape

from suite.board.model import Entry, Table

from .escape import clean, plain

LABEL = r"#(.*)$"
"""What a link column shows of an address from `address`: the fragment."""

Query = dict[str, list[str]]
"""The parameters of an address, each with all its values."""

# The grid decodes the shown part with decodeURI, which leaves these signs as they are.
_COMPLETE = (
    '<script data-page="{}" data-asked="{}" data-query="{}">(() => {{ const {{page, asked, query}} = '
    "document.currentScript.dataset; const same = (one, other) => new URLSearchParams(one).toString() === "
    'new URLSearchParams(other).toString(); if (location.pathname.split("/").pop() === page && '
    "same(location.search, asked) && !same(asked, query)) history.replaceState(history.state, '', "
    'location.pathname + "?" + query); }})();</script>'
)
_SCRIPT = Path(__file__).with_name("links.js").read_text()
_KEPT = ";/?:@&=+$,#()!*'"


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
    st.html(f"<script>{_SCRIPT}</script>", unsafe_allow_javascript=True)


def complete(page: str, asked: str, query: str) -> None:
    """Put a query into the address of a page without a new entry of the history, if it still has the one asked for.

    Queries are percent-encoded, and so hold no HTML.
    """
    st.html(_COMPLETE.format(*map(escape, (page, asked, query))), unsafe_allow_javascript=True)


def address(page: str, label: str, **parameters: str) -> str:
    """Return a relative address for a link column; the label travels as fragment.

    Relative, so that it holds behind a proxy that serves the app below a path.
    """
    return f"{page}?{urlencode(parameters)}#{quote(clean(label), safe=_KEPT)}"


def table_address(table: Table, label: str) -> str:
    """Return the address of a table on the leaderboard's page."""
    at = {axis_key(axis): value for axis, value in table.setting.items()}
    return address("./", label, task=table.task, track=table.track, **at, protocol=table.protocol[:12])


def axis_key(axis: str) -> str:
    """Return the query parameter of a task's axis, which is no other control's."""
    return f"setting.{axis}"


def link(page: str, label: str, icon: str | None = None, **parameters: str) -> None:
    """Draw a link to a built-in page.

    Streamlit loses a parameter to which the page left behind binds a widget too: linked pages name theirs differently.
    """
    st.page_link(f"views/{page}.py", label=plain(label), icon=icon, query_params=parameters)
