"""The app: navigation over the registered pages. ``suite leaderboard`` starts it; it only reads the store."""

from __future__ import annotations

__package__ = "suite.leaderboard"  # Streamlit runs it as a script

import logging

import streamlit as st

from suite.contracts import Page
from suite.errors import SuiteError

from . import PAGES
from .components.escape import clean, plain
from .components.source import registry, show_problem

log = logging.getLogger(__name__)


def registered_pages() -> list[Page]:
    """Return the pages of the registry: the built-in ones first, in their order, then the others by title."""
    order = {page.path: position for position, page in enumerate(PAGES)}
    pages = [entry.value for entry in registry().pages]
    return sorted(pages, key=lambda page: (order.get(page.path, len(order)), page.title))


def navigable(page: Page, *, default: bool) -> st.Page:
    """Return a page as Streamlit wants it; raises if its script or icon does not exist."""
    return st.Page(
        page.script,
        title=clean(page.title),
        icon=page.icon or None,
        url_path=page.path,
        default=default,
        visibility="visible" if page.listed else "hidden",
    )


def main() -> None:
    """Draw the page that the address asks for; a page that fails takes no other one down."""
    st.set_page_config(page_title="Basin Suite leaderboard", page_icon=":material/leaderboard:", layout="wide")
    pages: list[st.Page] = []
    refused: list[str] = []
    try:
        registered = registered_pages()
    except SuiteError as error:  # a setting of the server's is wrong
        show_problem(error)
        return
    for page in registered:
        try:
            pages.append(navigable(page, default=not pages and page.listed))
        except Exception:  # third-party: whatever it is, the other pages go on
            log.exception("page %r cannot be shown", page.path)
            refused.append(page.title)
    if not pages:
        st.error("No page is registered. The command `suite plugins` says why.", icon=":material/error:")
        return
    current = st.navigation(pages, position="top")
    if refused:
        st.warning(f"Pages that cannot be shown: {plain(', '.join(refused))}. The server's log says why.")
    try:
        current.run()
    except Exception:  # Streamlit's own signals, as st.stop, are no Exceptions
        log.exception("page %r failed", current.url_path)
        st.error("This page failed. The other pages still work; the server's log says why.", icon=":material/error:")


main()
