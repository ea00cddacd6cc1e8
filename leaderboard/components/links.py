"""Links between the pages. They carry query parameters, so that every view has an address."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import streamlit as st

from suite.board.model import Table

from .escape import clean, plain

LABEL = r"#(.*)$"
"""What a link column shows of an address from `address`: the fragment."""

# The grid decodes the shown part with decodeURI, which leaves these signs as they are.
_KEPT = ";/?:@&=+$,#()!*'"


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
