"""BibTeX of a method's paper, a task, a table and the board: what to put into a paper that uses them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from suite.board.latex import latex
from suite.board.model import Entry, Index
from suite.contracts import Card
from suite.text import clean

SUITE = "Basin Suite"
AUTHOR = {"author": f"{{{SUITE}}}"}
ARXIV = re.compile(r"^https://arxiv\.org/(?:abs|pdf)/([a-z.-]+/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?\Z")
STOP = {"a", "an", "the", "on", "of", "for", "in", "to", "and", "with", "is", "are", "towards", "toward"}


def paper(card: Card | None) -> str:
    """Return the entry of the paper that a method implements; nothing if its card names none.

    Authors are split at commas and at "and", as cards write them; braces keep the capitals of the title.
    """
    if card is None or not card.paper:
        return ""
    authors = _authors(clean(card.authors or ""))
    family = authors[0].split()[-1] if authors else "anonymous"
    first = next((word for word in re.findall(r"\w+", card.paper) if word.lower() not in STOP), "")
    fields = {"title": f"{{{latex(card.paper)}}}", "author": " and ".join(map(latex, authors))}
    fields |= {"year": str(card.year) if card.year else ""}
    if card.url:
        fields |= {"url": _verbatim(card.url)}
        if preprint := ARXIV.match(card.url):
            fields |= {"eprint": preprint[1], "archiveprefix": "arXiv"}
    return _entry(_key(family, card.year, first), fields)


def board(index: Index) -> str:
    """Return the entry of the board as it was built: its date, and the hash of what it holds."""
    date = index.built[:10]
    fields = {"title": f"{{{SUITE}}} leaderboard", **AUTHOR, "year": date[:4], "date": date}
    fields |= {"version": latex(index.suite), "note": _note(index.built, "board", index.stamp)}
    return _entry(_key("basin-suite", None, "board", date), fields)


def table(entry: Entry, index: Index) -> str:
    """Return the entry of a table of the board: the task in a setting, with the date and the hash of the table."""
    date, setting = (entry.ended or index.built)[:10], ", ".join(f"{k}={v}" for k, v in entry.setting.items())
    title = (
        f"{{{latex(entry.title)}}}{f' ({latex(setting)})' if setting else ''}: a table of the {{{SUITE}}} leaderboard"
    )
    fields = {"title": title, **AUTHOR, "year": date[:4], "date": date, "version": latex(index.suite)}
    fields["note"] = (
        f"Task {latex(entry.task)}, version {latex(entry.version)}, protocol {latex(entry.protocol[:12])}. "
        + _note(index.built, "table", entry.stamp)
    )
    return _entry(_key("basin-suite", None, *re.findall(r"\w+", entry.task), date), fields)


def task(name: str, title: str, version: str, suite: str) -> str:
    """Return the entry of a task itself, whatever its results."""
    fields = {"title": f"{{{latex(title)}}}: a task of {{{SUITE}}}", **AUTHOR, "version": latex(suite)}
    fields["note"] = f"Task {latex(name)}, version {latex(version)}"
    return _entry(_key("basin-suite", None, *re.findall(r"\w+", name)), fields)


def _note(built: str, what: str, stamp: str) -> str:
    date = latex(built[:16].replace("T", " "))
    return f"Built {date} UTC from the results; content hash of the {what} {latex(stamp[:16])}"


def _authors(text: str) -> Sequence[str]:
    names = (" ".join(name.split()) for name in re.split(r",|;|\band\b|&", text))
    return ["others" if re.fullmatch(r"(?i)et al\.?", name) else name for name in names if name]


def _key(*parts: str | int | None) -> str:
    """Return a key of letters, digits and hyphens alone: BibTeX stops at commas, braces and other signs."""
    plain = (unicodedata.normalize("NFKD", str(part)).encode("ascii", "ignore").decode() for part in parts if part)
    words = (re.sub(r"[^A-Za-z0-9-]+", "", part).lower() for part in plain)
    return "-".join(word for word in words if word) or "unnamed"


def _verbatim(url: str) -> str:
    """Return an address for a field that is set verbatim; braces would end it early."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _entry(key: str, fields: Mapping[str, str]) -> str:
    """Return an entry of the kind ``misc``: of papers the card does not say where they appeared."""
    lines = "".join(f"  {name:<13} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}\n"
