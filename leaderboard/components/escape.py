"""Names and texts come from plugins and submissions: they are shown as text, whatever is in them."""

from __future__ import annotations

import re
import unicodedata

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_HTTPS = re.compile(r"^https://[^\s\"'<>\\]+$")


def clean(text: object) -> str:
    """Return the text on one line, without control characters and marks that turn the reading direction."""
    line = " ".join(str(text).split())
    return "".join(sign for sign in line if unicodedata.category(sign) not in ("Cc", "Cf"))


def plain(text: object) -> str:
    """Return Markdown that shows exactly this text: no links, HTML, directives as ``:red[...]``, LaTeX or emoji codes.

    CommonMark lets a backslash stand before every ASCII punctuation sign, so all of them are escaped.
    """
    return _PUNCTUATION.sub(r"\\\1", clean(text))


def https(url: str | None) -> str | None:
    """Return the URL if it is one of https, else None: ``javascript:`` never reaches a link."""
    return url if url and _HTTPS.match(url) else None
