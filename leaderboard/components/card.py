"""What a method says of itself: who made it, what the code follows, where it is, and its parameters."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from suite.contracts import Card, Method
from suite.registry import Entry

from .prose import definitions, draw, fill, outside
from .table import Cell, Head, Line, draw_table
from .theme import status


def draw_card(card: Card | None, name: str, installed: Entry[type[Method]] | None) -> None:
    """Draw who made the method, what the implementation follows, and where its code is."""
    st.session_state["title"] = card.title if card else name
    draw("<h1>{} <small>{}</small></h1>", card.title if card else name, name)
    if installed is None:
        draw('<p class="note" role="status">It is not installed here: its results were made elsewhere or earlier.</p>')
    if card is None:
        return
    year = f"({card.year})" if card.year else ""
    paper = fill("{} {}", outside(card.paper, card.url), year) if card.paper else Markup()
    said = {"Paper": paper, "Authors": card.authors, "Follows": status(card.status), **_source(installed)}
    draw("{}", definitions(said, "facts"))
    if card.note:
        draw('<p class="note">{}</p>', card.note)


def _source(installed: Entry[type[Method]] | None) -> dict[str, str]:
    if installed is None:
        return {}
    method, plugin = installed.value, installed.plugin
    origin = f"{method.__module__}.{method.__qualname__}"
    given = ", ".join(sorted(method.needs))
    return {
        "Version": method.version,
        "Source": f"{origin}, {plugin.distribution} {plugin.version}".rstrip(),
        "Needs": given,
    }


def draw_parameters(method: type[Method]) -> None:
    """Draw the typed parameters with their defaults."""
    fields = method.Parameters.model_fields
    defaults = method.Parameters().model_dump(mode="json")
    heads = [Head("Parameter"), Head("Default", number=True), Head("Meaning")]
    lines = [
        Line([Cell(fill("<code>{}</code>", name)), Cell(str(defaults[name])), Cell(field.description or "")])
        for name, field in fields.items()
    ]
    lines += [
        Line(
            [Cell(fill("<code>{}</code>", role)), Cell("none"), Cell(f"A partner: the name of a {contract.__name__}.")]
        )
        for role, contract in method.partners.items()
    ]
    draw("<h2>Parameters</h2>{}", "" if lines else fill("<p>{}</p>", "None."))
    if lines:
        draw_table(
            heads,
            lines,
            f"Set one by suite run --method {method.name} --set {method.name}.NAME=VALUE",
            naming=1,
            fold=False,
        )
