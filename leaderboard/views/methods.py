"""All methods, with what each is and where it stands, and filters."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from suite.board.model import Entry, Result
from suite.contracts import Card, Method

from ..components import address
from ..components.links import href, table_href
from ..components.prose import draw, fill, join, link
from ..components.source import board, registry
from ..components.table import Cell, Head, Line, draw_table
from ..components.theme import status
from ..components.words import matches, said

FAILING, WITHOUT, WITH = "with failures", "without results", "with results"
NOT_INSTALLED = "not installed"
PAPER = '<div class="said">{}</div>'
HEADS = (
    Head("Method", about="Opens the page of the method."),
    Head("Not told apart from the best", number=True, about="On how many tables, of those on which it has a place."),
    Head("First on", about="Tables on which it has the first place.", stays=True),
    Head("Status", about="What the code follows: the paper, the authors' code, a reconstruction, a baseline."),
    Head("Paper"),
    Head("Year", number=True),
    Head("Kind", about="The contract of its track that it fulfils."),
    Head("Needs", about="What it must be given."),
    Head("Standing", about="References take no place."),
    Head("Failed", number=True, about="Failed cells."),
)


@dataclass
class Known:
    """A method: what is installed of it, and its rows on the tables of today's protocols."""

    name: str
    installed: type[Method] | None = None
    kind: str = ""
    rows: list[tuple[Entry, Result]] = field(default_factory=list)

    @property
    def card(self) -> Card | None:
        """Its card, if it is installed."""
        return self.installed.card if self.installed else None

    @property
    def needs(self) -> tuple[str, ...]:
        """What it must be given."""
        return tuple(sorted(self.installed.needs)) if self.installed else self.rows[0][1].access

    @property
    def standing(self) -> str:
        """Whether it takes places."""
        return self.installed.standing if self.installed else NOT_INSTALLED

    @property
    def states(self) -> set[str]:
        """What its results are like."""
        failing = {FAILING} if any(result.failed for _, result in self.rows) else set()
        return {WITH if self.rows else WITHOUT} | failing


def known_methods() -> list[Known]:
    """Return every method that is installed or has results, by name."""
    tracks = {entry.name: entry.value for entry in registry().tracks}
    methods: dict[str, Known] = {}
    for entry in registry().methods:
        contracts = tracks[entry.value.track].contracts if entry.value.track in tracks else ()
        kinds = [contract.__name__ for contract in contracts if issubclass(entry.value, contract)]
        methods[entry.name] = Known(entry.name, entry.value, " ".join(kinds))
    for table in board().entries:
        for result in table.results if table.current else ():
            methods.setdefault(result.method, Known(result.method)).rows.append((table, result))
    return [methods[name] for name in sorted(methods)]


def spaced(name: str) -> str:
    """Return the name of a class in words: ``trained detector`` for ``TrainedDetector``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def row(method: Known) -> Line:
    """Return the row of a method in the list."""
    placed = [(entry, result) for entry, result in method.rows if result.place is not None]
    tied = sum(result.tied for _, result in placed)
    first = [
        link(f"{entry.task} {' '.join(entry.setting.values())}", table_href(entry))
        for entry, result in placed
        if result.place == 1
    ]
    card = method.card
    return Line(
        (
            Cell(
                fill("<b>{}</b>", link(card.title if card else method.name, href("method", method=method.name))),
                method.name,
            ),
            Cell(f"{tied} of {len(placed)}" if placed else ""),
            Cell(join(first[:4], ", ") + (f" and {len(first) - 4} more" if len(first) > 4 else "")),
            Cell(status(card.status if card else NOT_INSTALLED)),
            Cell(fill(PAPER, card.paper), card.authors or "") if card and card.paper else Cell(""),
            Cell(str(card.year) if card and card.year else ""),
            Cell(spaced(method.kind)),
            Cell(", ".join(method.needs) or "nothing"),
            Cell(method.standing),
            Cell(str(sum(result.failed for _, result in method.rows))),
        )
    )


def main() -> None:
    """Draw the page."""
    methods = known_methods()
    draw("<h1>Methods</h1>")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    search = address.type_text(
        "Search methods", "q", placeholder="name, title, author, paper; a comma means or", place=left
    )
    filters = right.popover("Filters", icon=":material/filter_list:", width="stretch")

    def several(label: str, name: str, values: set[str], shown: Callable[[str], str] = str, noun: str = "") -> set[str]:
        return set(address.choose_several(label, name, sorted(values), shown=shown, noun=noun, place=filters))

    tracks = several("Track", "track", {method.name.split("/")[0] for method in methods})
    kinds = several("Kind", "kind", {method.kind for method in methods} - {""}, spaced)
    needs = several("Needs", "needs", {need for method in methods for need in method.needs}, noun="need")
    standings = several("Standing", "standing", {method.standing for method in methods})
    follows = several("Status", "status", {method.card.status if method.card else NOT_INSTALLED for method in methods})
    years = several("Year", "year", {str(method.card.year) for method in methods if method.card and method.card.year})
    states = several("Results", "state", {WITH, WITHOUT, FAILING}, noun="state of results")
    lines = [
        row(method)
        for method in methods
        if (not tracks or method.name.split("/")[0] in tracks)
        and (not kinds or method.kind in kinds)
        and (not needs or needs & set(method.needs))
        and (not standings or method.standing in standings)
        and (not follows or (method.card.status if method.card else NOT_INSTALLED) in follows)
        and (not years or (method.card is not None and str(method.card.year) in years))
        and (not states or states & method.states)
        and matches(search, method.name, *said(method.card))
    ]
    if not lines:
        draw('<p role="status">No method matches. <a href="{}">Show all.</a></p>', href("methods"))
        return
    draw_table(
        HEADS, lines, f"{len(lines)} of {len(methods)} methods; places on the tables of today's protocols", naming=1
    )


main()
