"""The bar above every page and the lines below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

import streamlit as st
from markupsafe import Markup

from suite.contracts import Page

from .links import follow, href
from .prose import draw, fill, join, link, outside


def draw_navigation(pages: Sequence[Page], current: str) -> None:
    """Draw links to the listed pages; they keep the track, and the task where a page shows one."""
    follow()
    task = st.query_params.get("task") or st.query_params.get("id", "")
    track = st.query_params.get("track") or task.split("/")[0]
    kept = {"track": track} | ({"task": task} if task else {})
    links = []
    for position, page in enumerate(pages):
        path = page.path if position else ""
        here = Markup(' aria-current="page"') if path == current else Markup()
        takes = {name: value for name, value in kept.items() if name in TAKEN.get(page.path, ())}
        links.append(fill('<a href="{}"{}>{}</a>', href(path, **takes), here, page.title))
    draw('<div class="bar"><a class="brand" href="./">Basin Suite</a><nav aria-label="Pages">{}</nav></div>', links)


TAKEN = {
    "board": ("track", "task"),
    "tasks": ("track",),
    "methods": ("track",),
    "matrix": ("track",),
    "compare": ("track",),
    "cost": ("track", "task"),
}
"""Which parameters a page takes over from the page before."""


def draw_footer() -> None:
    """Draw where everything else stands."""
    parts = (link("Home", "./"), fill("How to read and serve this: {}", documentation("leaderboard")))
    draw('<p class="quiet foot">{}</p>', join(parts, " · "))


def documentation(name: str) -> Markup:
    """Return where a page of the documentation is: a link if the package says where it is published, else its file."""
    root = _published()
    return outside(f"docs/{name}", f"{root.rstrip('/')}/{name}") if root else fill("<code>docs/{}.md</code>", name)


@cache
def _published() -> str:
    try:
        urls = metadata("basin-suite").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(url.split(", ", 1) for url in urls if ", " in url)
    return str(named.get("Documentation", ""))
