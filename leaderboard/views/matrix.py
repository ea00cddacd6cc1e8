"""Every method of a track on every of its tables: value, place, who ties, and the mean rank on what they share."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st

from suite.board.matrix import Line, Matrix, matrix
from suite.board.model import Entry, Result
from suite.board.ties import tied

from ..components import address
from ..components.citation import draw_sharing, of_board
from ..components.columns import TIE, unit
from ..components.links import href, table_href
from ..components.prose import draw, fill, join, link
from ..components.scope import choose_track, named
from ..components.source import board, registry
from ..components.standings import str_of
from ..components.table import Cell, Head, Ticks, draw_columns, draw_table
from ..components.table import Line as Drawn
from ..components.words import matches, said

MEAN, METHOD = "mean-rank", "method"


def heads(made: Matrix, several: bool) -> list[Head]:
    """Return the heads: the method, its mean rank, and the tables."""
    mean = "Mean of the places on the common tables, among the methods of the same access that have them all."
    wins = "On how many of the common tables no such method is better."
    return [
        Head("Method", about="Tick some to compare them. The name opens the method's page.", sort=METHOD),
        Head("Mean rank", "mean rank", mean, number=True, better="lower", sort=MEAN, stays=True),
        *(
            Head(
                f"{named(entry)} {'↑' if entry.metric.direction == 'higher' else '↓'} {unit(entry.metric)}",
                str(entry.primary),
                f"{entry.title}, {entry.metric.definition}",
                number=True,
                better=entry.metric.direction,
                sort=entry.file,
                stays=True,
            )
            for entry in made.entries
        ),
        Head("First on", "wins", wins, number=True),
        Head("Coverage", "coverage", "On how many of the tables shown it has a place.", number=True),
        *([Head("Access", "access", "Privileges that a method needs; they are ranked apart.")] if several else []),
    ]


def drawn(made: Matrix, line: Line, several: bool) -> Drawn:
    """Return what the matrix shows of a method."""
    mean = Cell("–") if line.mean_rank is None else Cell(f"{line.mean_rank:.2f}", value=line.mean_rank)
    cells = [
        Cell(fill("<b>{}</b>", link(line.label, href("method", method=line.method)))),
        mean,
        *(cell(entry, line.results.get(entry.file)) for entry in made.entries),
        Cell("" if line.mean_rank is None else str(line.wins)),
        Cell(f"{line.placed} of {len(made.entries)}"),
        *([Cell(", ".join(line.access) or "none")] if several else []),
    ]
    return Drawn(cells, tick=line.label, kind="" if line.placed else "aside")


def cell(entry: Entry, result: Result | None) -> Cell:
    """Return a result: the value, which opens its table, the place below it, and a sign for the tie group."""
    if result is None or result.mean is None:
        why = "no result" if result is None else result.unranked or "no score"
        return Cell("", title=f"{why}: a missing cell is never filled")
    value = link(f"{entry.metric.shown(result.mean):.2f}", table_href(entry))
    if result.place is None:
        return Cell(value, result.standing if not result.unranked else "not ranked", title=result.unranked)
    interval = f" ({result.best}–{result.worst})" if result.best != result.worst else ""
    sign = f"{TIE} " if result.label in tied(entry) else ""
    return Cell(value, f"{sign}{result.place}{interval}", result.mean)


def ordered(made: Matrix, by: str) -> list[Line]:
    """Return the lines by mean rank, by name, or best first on one table; those without come last."""
    if by == METHOD:
        return sorted(made.lines, key=lambda line: line.label)
    entry = next((entry for entry in made.entries if entry.file == by), None)
    if entry is None:
        return list(made.lines)
    sign = -1 if entry.metric.direction == "higher" else 1

    def key(line: Line) -> tuple[bool, bool, float]:
        result = line.results.get(by)
        mean = None if result is None else result.mean
        return mean is None, result is None or result.place is None, 0 if mean is None else sign * mean

    return sorted(made.lines, key=key)


def draw_matrix(track: str, made: Matrix) -> None:
    """Draw search, order and the matrix."""
    left, right = st.columns([2, 1])
    search = address.type_text("Search methods", "q", placeholder="name, author, paper; a comma means or", place=left)
    sorts = {MEAN: "mean rank", METHOD: "name", **{entry.file: f"value on {named(entry)}" for entry in made.entries}}
    by = address.choose("Order by", "sort", list(sorts), noun="order", shown=sorts.__getitem__, place=right)
    cards = {entry.name: entry.value.card for entry in registry().methods}
    lines = [
        line for line in ordered(made, by) if matches(search, line.label, line.method, *said(cards.get(line.method)))
    ]
    if not lines:
        draw('<p role="status">No method matches “{}”. {}</p>', search, link("Show all.", address.here({"q": None})))
        return
    several = len({line.access for line in made.lines}) > 1
    hidden = len(made.lines) - len(lines)
    caption = (
        f"{on_what(made)} {TIE} marks what is not told apart from the best of its table; shades are by value within a "
        f"column. An empty cell has no result.{f' {hidden} rows are hidden; ranks are those of all.' if hidden else ''}"
    )
    of_table = heads(made, several)
    ticks = Ticks("compare", "Compare the ticked rows", {"track": track})
    draw_table(of_table, [drawn(made, line, several) for line in lines], caption, naming=1, ticks=ticks, sorted_by=by)
    draw_columns(of_table)


def on_what(made: Matrix) -> str:
    """Return on which tables the mean rank rests."""
    if not made.common:
        return "No method has a place, so there is no mean rank."
    names = ", ".join(named(entry) for entry in made.entries if entry.file in made.common)
    tables = "one table" if len(made.common) == 1 else f"{len(made.common)} tables"
    return f"The mean rank is over the {tables} on which {made.ranked} methods all have a place: {names}."


def main() -> None:
    """Draw the page."""
    heading = st.container()
    everything = board()
    track, title, entries = choose_track(everything)
    st.session_state["title"] = f"{title}: all methods, all tasks"
    draw("<h1>{}: all methods on all tasks</h1>", title, place=heading)
    draw_matrix(track, matrix(entries))
    draw(
        "<h2>Tables</h2><ul>{}</ul>",
        [
            fill(
                "<li>{} <small>{}</small></li>",
                link(entry.title, table_href(entry)),
                str_of(entry) if entry.setting else "",
            )
            for entry in entries
        ],
    )
    draw("<p>{}</p>", join([link("The whole field, pair by pair", href("compare", track=track))]))
    draw_sharing(of_board(everything))


main()
