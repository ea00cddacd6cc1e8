"""What a page says when its address asks for something that is not there: that, and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import streamlit as st

from .prose import draw, fill, link, text

MOST = 100
"""How many links are shown at most."""


def show_absent(noun: str, value: str, links: Mapping[str, str]) -> None:
    """Say that there is no such thing, and link to those that there are: the names most like it first."""
    st.session_state["title"] = "Not found"
    like = get_close_matches(value, links, n=5, cutoff=0.5)
    names = [*like, *(name for name in links if name not in like)]
    said = text(f"There is no {noun} “{value}” here." if value else f"The address names no {noun}.")
    there_is = [link(name, links[name]) for name in names[:MOST]]
    draw('<h1>Not found</h1><p role="alert">{}</p>', said)
    if there_is:
        draw("<p>There is:</p><ul>{}</ul>", [fill("<li>{}</li>", name) for name in there_is])
    if len(names) > MOST:
        draw("<p>… and {} more.</p>", len(names) - MOST)


def show_several(noun: str, links: Mapping[str, str]) -> None:
    """Say that the address names several things where a page shows one, and link to each."""
    st.session_state["title"] = "Not found"
    said = text(f"The address names several values where this page shows one {noun}. Choose one of them:")
    items = [fill("<li>{}</li>", link(name, links[name])) for name in links]
    draw('<h1>Not found</h1><p role="alert">{}</p><ul>{}</ul>', said, items)


def explain_not_installed(task: str, not_installed: Mapping[str, int]) -> None:
    """Say that a task has runs in the store and is not installed, if that is so."""
    if task in not_installed:
        draw(
            '<p class="note" role="alert">The store has {} runs of {}, but no installed plugin knows this task, '
            "so its table cannot be shown. <code>suite plugins</code> lists what is installed.</p>",
            not_installed[task],
            task,
        )
