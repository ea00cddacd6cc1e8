"""HTML from our own templates and anybody's texts, which are escaped: what a plugin says is shown as text alone.

Streamlit's Markdown would make links of bare addresses and arrows of ``->``, whatever is escaped before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup, escape

from .escape import clean, https


def text(value: object) -> Markup:
    """Return any text as HTML that shows it: on one line, without marks that turn the reading direction."""
    return escape(clean(value))


def fill(template: str, *parts: object) -> Markup:
    """Return a template of ours with parts put in: Markup as it is, lists joined, everything else as text."""
    return Markup(template).format(*map(_part, parts))


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Return parts, one after the other."""
    return Markup(between).join(map(_part, parts))


def draw(template: str, *parts: object, place: Any = st) -> None:
    """Draw a template with parts put in as `fill` does; draw nothing where that is nothing."""
    if filled := fill(template, *parts):
        place.html(str(filled))


def link(label: object, address: str, title: str = "") -> Markup:
    """Return a link to a page of ours, in the same tab."""
    about = fill(' title="{}"', title) if title else ""
    return fill('<a href="{}"{}>{}</a>', address, about, label)


def outside(label: object, url: str | None) -> Markup:
    """Return a link to somebody else's page, in a tab of its own; the label alone if it is not one of https."""
    safe = https(url)
    return fill('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', safe, label) if safe else text(label)


def definitions(entries: Mapping[str, object], kind: str = "") -> Markup:
    """Return a list of names and what is said of each; those of which nothing is said are left out.

    Of the kind ``facts`` they stand side by side.
    """
    pairs = [fill("<div><dt>{}</dt><dd>{}</dd></div>", name, said) for name, said in entries.items() if said]
    return fill('<div class="{}"><dl>{}</dl></div>', kind, pairs) if pairs else Markup()


def _part(part: object) -> Markup:
    if isinstance(part, Markup):
        return part
    return join(part) if isinstance(part, list | tuple) else text(part)
