"""Text for LaTeX and BibTeX: whatever is in it is set as it reads, and no command is run."""

from __future__ import annotations

import re

from suite.text import clean

# BibTeX counts braces even behind a backslash: these have names instead.
_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: f"\\{sign}" for sign in "$&#%_"},
    "–": "--",
    **{"±": r"\ensuremath{\pm}", "−": r"\ensuremath{-}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}"},
    **{"↑": r"\ensuremath{\uparrow}", "↓": r"\ensuremath{\downarrow}", "≈": r"\ensuremath{\approx}"},
}
_LIGATURES = re.compile(r"([-'`,!?])(?=[-'`,])")


def latex(text: object) -> str:
    """Return the text on one line, for a paragraph, a table's cell or a field of BibTeX. Other signs stay UTF-8."""
    return "".join(_SIGNS.get(sign, sign) for sign in _LIGATURES.sub("\\1\0", clean(text))).replace("\0", "{}")
