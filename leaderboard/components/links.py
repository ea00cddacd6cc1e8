"""Links between the pages. They carry query parameters, so that every view has an address."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import streamlit as st

from suite.leaderboard.components.escape import clean, plain

LABEL = r"#(.*)$"
"""What a link column shows of an address from `address`: the fragment."""

# The grid decodes the shown part with decodeURI, which leaves these signs as they are.
_KEPT = ";/?:@&=+$,#()!*'"


def address(page: str, label: str, **parameters: str) -> str:
    """Return a relative address for a link column; the label travels as fragment.

    Relative, so that it holds behind a proxy that serves the app below a path.
    """
    return f"{page}?{urlencode(parameters)}#{quote(clean(label), safe=_KEPT)}"


def link(page: str, label: str, icon: str | None = None, **parameters: str) -> None:
    """Draw a link to a built-in page.

    Streamlit loses a parameter to which the page left behind binds a widget too: linked pages name theirs differently.
    """
    st.page_link(f"views/{page}.py", label=plain(label), icon=icon, query_params=parameters)
