"""The app: navigation over the registered pages. ``suite leaderboard`` starts it; it only reads the store."""

from __future__ import annotations

__package__ = "suite.leaderboard"  # Streamlit runs it as a script

import logging
from pathlib import Path

import streamlit as st

from suite.contracts import Page
from suite.errors import SuiteError

from . import PAGES
from .components import address
from .components.escape import clean, plain
from .components.navigation import draw_footer, draw_navigation
from .components.prose import draw, fill
from .components.source import age, registry, show_problem
from .components.theme import draw_style

log = logging.getLogger(__name__)

NAME = "Basin Suite"
ICON = Path(__file__).with_name("icon.svg")


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


def titled(title: str) -> None:
    """Give the browser's tab a title."""
    st.set_page_config(page_title=f"{clean(title)} · {NAME}" if title else NAME, page_icon=str(ICON), layout="wide")


def run(page: st.Page, titles: dict[str, str]) -> None:
    """Run a page between the reading and the writing of its address; one that fails takes no other one down."""
    st.session_state["title"] = titles[page.url_path]
    titled(titles[page.url_path])
    draw("{}", fill('<p class="note" role="status">{}</p>', old) if (old := age()) else "")
    address.arrive(page.url_path)
    try:
        page.run()
        address.settle()
    except address.Absent:  # said by the page; the address stays as it was asked
        pass
    except Exception:  # Streamlit's own signals, as st.stop, are no Exceptions
        log.exception("page %r failed", page.url_path)
        st.error("This page failed. The other pages still work; the server's log says why.", icon=":material/error:")
    finally:
        titled(st.session_state["title"])
        draw_footer()


def main() -> None:
    """Draw the page that the address asks for."""
    titled("")
    draw_style()
    pages: dict[str, st.Page] = {}
    refused: list[str] = []
    try:
        registered = registered_pages()
    except SuiteError as error:  # a setting of the server's is wrong
        show_problem(error)
        return
    for page in registered:
        try:
            pages[page.path] = navigable(page, default=not pages and page.listed)
        except Exception:  # third-party: whatever it is, the other pages go on
            log.exception("page %r cannot be shown", page.path)
            refused.append(page.title)
    if not pages:
        st.error("No page is registered. The command `suite plugins` says why.", icon=":material/error:")
        return
    current = st.navigation(list(pages.values()), position="hidden")
    draw_navigation([page for page in registered if page.listed and page.path in pages], current.url_path)
    if refused:
        st.warning(f"Pages that cannot be shown: {plain(', '.join(refused))}. The server's log says why.")
    run(current, {pages[page.path].url_path: page.title for page in registered if page.path in pages})


main()
