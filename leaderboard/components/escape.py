"""Names and texts come from plugins and submissions: Streamlit's own texts and labels show them as they are."""

from __future__ import annotations

import re

from suite.text import clean

__all__ = ["clean", "https", "plain"]

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_HTTPS = re.compile(r"^https://[^\s\"'<>\\]+$")
# Behind the escape Streamlit makes links of http://, www. and a@b.c, and signs of ->, <=, --, ~= and the like.
_WORKED_ON = re.compile(r"(?<=[/:.@<>=~-])(?=[/<>=~@-])|(?<=www)(?=\.)|(?<=[/<>=~-])(?=\w)|(?<=\w)(?=@)", re.IGNORECASE)
_JOINER = "\u2060"
"""Word joiner: no sign is seen, no line breaks there."""


def plain(text: object) -> str:
    """Return Markdown that shows exactly this text: no links, HTML, directives as ``:red[...]``, LaTeX or emoji codes.

    CommonMark lets a backslash stand before every ASCII punctuation sign, so all of them are escaped.
    """
    return _PUNCTUATION.sub(r"\\\1", _WORKED_ON.sub(_JOINER, clean(text)))


def https(url: str | None) -> str | None:
    """Return the URL if it is one of https, else None: ``javascript:`` never reaches a link."""
    return url if url and _HTTPS.match(url) else None
