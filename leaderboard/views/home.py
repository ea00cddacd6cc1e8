"""The home page: what Basin Suite is, all tracks and tasks with who leads, one search, and how to submit."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st
from markupsafe import Markup

from suite.board.board import Board
from suite.board.matrix import matrix
from suite.board.model import Entry, Track

from ..components import address
from ..components.finder import find
from ..components.links import href, table_href
from ..components.navigation import documentation
from ..components.prose import draw, fill, join, link
from ..components.source import board, minute, registry, without_paths
from ..components.standings import BEST, coverage, current, day, leaders
from ..components.table import Cell, Head, Line, draw_table

ABOUT = (
    "Methods that lean on basins of attraction, measured on standardized tasks. Every number has an interval, seeds, "
    "a protocol and the command that makes it again."
)
TOP = 10
HEADS = (
    Head("Task", about="Opens its table."),
    Head("Best", about=BEST, stays=True),
    Head("Methods", number=True, stays=True),
    Head("Done", number=True, about="Cells done of those that methods and seeds make.", stays=True),
    Head("Tier", about="How heavy it is: embedded, standard, large.", stays=True),
    Head("Last run", stays=True),
)


def draw_track(track: Track, entries: list[Entry]) -> None:
    """Draw a track: its question, its tasks with who leads, and its top ten."""
    tasks = current(entries)
    draw("<h2>{}</h2><p>{}</p>", link(track.title, href("board", track=track.name)), track.question)
    if not tasks:
        draw('<p class="quiet">No results yet: <code>{}</code></p>', f"suite run --task '{track.name}/*'")
        return
    lines = [row(tables) for tables in tasks.values()]
    draw_table(HEADS, lines, f"Tasks of {track.title} that have results. {BEST}", naming=1, page=f"page.{track.name}")
    draw_top(track, [tables[0] for tables in tasks.values()])
    links = (
        link("all methods on all tasks", href("matrix", track=track.name)),
        link("tasks", href("tasks", track=track.name)),
        link("methods", href("methods", track=track.name)),
    )
    draw('<p class="quiet">{}</p>', join(links, " · "))


def row(tables: list[Entry]) -> Line:
    """Return the row of a task, by its table in the default setting."""
    first = tables[0]
    more = f"{len(tables)} settings" if len(tables) > 1 else ""
    return Line(
        (
            Cell(fill("<b>{}</b>", link(first.title, table_href(first))), " · ".join(filter(None, (first.task, more)))),
            Cell(leaders(first)),
            Cell(str(len(first.results))),
            Cell(coverage(first)),
            Cell(first.tier),
            Cell(day(first)),
        )
    )


def draw_top(track: Track, entries: list[Entry]) -> None:
    """Draw the ten methods of the best mean rank on the tasks that they have in common."""
    whole = matrix(entries)
    ranked = [line for line in whole.lines if line.mean_rank is not None]
    if len(entries) < 2 or not ranked:
        return
    items = [
        fill(
            "<li>{}, mean rank {}{}</li>",
            link(line.label, href("method", method=line.method)),
            f"{line.mean_rank:.1f}",
            f", with {', '.join(line.access)}" if line.access else "",
        )
        for line in ranked[:TOP]
    ]
    title = f"The first {len(items)} of {track.title} by mean rank on {len(whole.common)} common tasks"
    draw("<details><summary>{}</summary><ol>{}</ol></details>", title, items)


def draw_missing(everything: Board) -> None:
    """Name the tasks of the store that no plugin registers, and the plugins that failed."""
    absent = everything.index.not_installed
    if absent:
        names = ", ".join(f"{task} ({runs} runs)" for task, runs in sorted(absent.items()))
        draw(
            '<p class="note">In the store, but not shown, because no installed plugin knows these tasks: {}. '
            "<code>suite plugins</code> lists what is installed.</p>",
            names,
        )
    for name, why in everything.index.refused.items():
        draw('<p class="note">The submission {} is not shown: {}.</p>', name, without_paths(why))
    if registry().failures:
        draw('<p class="note">Some plugins failed. <code>suite plugins</code> says which, and why.</p>')


def draw_submission() -> None:
    """Say how to submit, in three lines."""
    guide = documentation("plugins")
    draw(
        "<h2>Submit yours</h2><ol><li>Write the method in one file: a class with a card and typed parameters.</li>"
        "<li>Run it: <code>SUITE_PLUGINS=my_method.py suite run --task 'TRACK/*' --method NAME</code></li>"
        "<li>Look: <code>suite board</code>, then send the file as a pull request. {}</li></ol>",
        guide,
    )


def main() -> None:
    """Draw the page."""
    st.session_state["title"] = ""
    everything = board()
    draw("<h1>Basin Suite</h1><p class='lead'>{}</p>", ABOUT)
    search = address.type_text("Search everything", "q", placeholder="method, task, author, paper; a comma means or")
    if search:
        find(search, everything)
        return
    draw_missing(everything)
    tracks = list(everything.index.tracks)
    counts = f"{len(current(everything.entries))} tasks with results, {len(tracks)} tracks"
    files = Markup(
        '<a href="api/board/full" download="board.json">All tables as JSON</a> · '
        '<a href="api/board" download="index.json">the board in short as JSON</a>'
    )
    draw('<p class="quiet">{}. Board of {}. {}</p>', counts, minute(everything.index.built), files)
    for track in tracks:
        draw_track(track, [entry for entry in everything.entries if entry.track == track.name])
    draw_submission()


main()
