"""How the app looks: one style sheet, and the colour and shape of every status, the same on every page.

The style sheet follows Streamlit's light and dark theme by ``light-dark()``. Marks differ from both grounds by 3 : 1 at
least, text by 4.5 : 1; a test computes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from markupsafe import Markup

from .prose import fill


class Look(NamedTuple):
    """The colour of a mark on a light and on a dark ground, its shape in Vega-Lite, and the sign of that shape."""

    light: str
    dark: str
    shape: str
    sign: str


LOOKS = {
    "paper": Look("#0b6bb8", "#62b0f0", "circle", "●"),
    "authors' code": Look("#1a7f4b", "#5fce92", "square", "■"),
    "reconstruction": Look("#b34a00", "#f5a05a", "triangle-up", "▲"),
    "baseline": Look("#5b6270", "#a9b1bf", "diamond", "◆"),
    "not installed": Look("#8a3fa0", "#d59be6", "cross", "✚"),
}
"""By what an implementation follows; a method that is not installed has no card."""

SERIES = (Look("#0b5d66", "#6fd3dd", "circle", "●"), LOOKS["reconstruction"], LOOKS["authors' code"], LOOKS["paper"])
"""Of the methods of a chart in which colours do not stand for a status: one after the other, then again."""


def draw_style() -> None:
    """Put the style sheet on the page."""
    st.html(Path(__file__).with_name("theme.css"))


def status(name: str) -> Markup:
    """Return a status with its shape in its colour."""
    look = LOOKS.get(name)
    if look is None:
        return fill('<span class="status">{}</span>', name)
    colour = f"light-dark({look.light}, {look.dark})"
    return fill(
        '<span class="status"><span aria-hidden="true" style="color:{}">{}</span> {}</span>', colour, look.sign, name
    )


def is_dark() -> bool:
    """Return whether this visitor's theme is dark, by what the browser has said."""
    return bool(st.context.theme.type == "dark")


def colour(look: Look) -> str:
    """Return the colour of a mark on this visitor's ground."""
    return look.dark if is_dark() else look.light


def ink() -> str:
    """Return the colour of a chart's own lines and texts on this visitor's ground."""
    return "#eef0f4" if is_dark() else "#1f2430"


def scales(names: Any) -> dict[str, list[str]]:
    """Return the domain, colours and shapes of the scales of a chart of statuses, the same on every page."""
    present = [name for name in LOOKS if name in set(names)]
    looks = [LOOKS[name] for name in present]
    return {
        "domain": present,
        "colours": [colour(look) for look in looks],
        "shapes": [look.shape for look in looks],
    }
