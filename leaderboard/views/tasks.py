"""All tasks, with what is known of each, and filters."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st

from suite.board.model import Entry
from suite.contracts import Task

from ..components import address
from ..components.data import UNKNOWN, all_at_hand
from ..components.links import href, table_href
from ..components.prose import draw, fill, link
from ..components.source import board, registry
from ..components.standings import BEST, coverage, current, day, leaders, tables
from ..components.table import Cell, Head, Line, draw_table
from ..components.words import matches

COMPLETE, INCOMPLETE, FAILING, NONE = "complete", "incomplete", "with failures", "without results"
HEADS = (
    Head("Task", about="Opens the page of the task."),
    Head("Table", about="Opens the table; a task with axes has one for each setting.", stays=True),
    Head("Best", about=BEST, stays=True),
    Head("Methods", number=True, about="Rows of the table, references included."),
    Head("Done", number=True, about="Cells done of those that methods and seeds make."),
    Head("Tier", about="How heavy it is: embedded, standard, large."),
    Head("Data", about="Whether its data and reference models lie here, so that it runs without a download."),
    Head("Seeds", number=True),
    Head("Last run"),
)


def progress(entries: list[Entry]) -> set[str]:
    """Return what is done of the tables of a task."""
    if not entries:
        return {NONE}
    complete = all(entry.done >= entry.wanted for entry in entries)
    failing = {FAILING} if any(entry.failed for entry in entries) else set()
    return {COMPLETE if complete else INCOMPLETE} | failing


def row(name: str, task: type[Task] | Entry, entries: list[Entry], data: str) -> Line:
    """Return the row of a task in the list."""
    first = entries[0] if entries else None
    return Line(
        (
            Cell(fill("<b>{}</b>", link(task.title, href("task", id=name))), name),
            Cell(tables(entries[:6]) if len(entries) > 1 else link("table", table_href(first)) if first else ""),
            Cell(
                leaders(first) if first else fill('<div class="said"><code>{}</code></div>', f"suite run --task {name}")
            ),
            Cell(str(len(first.results)) if first else ""),
            Cell(coverage(first) if first else ""),
            Cell(task.tier),
            Cell(data),
            Cell(str(len(task.seeds))),
            Cell(day(first) if first else ""),
        )
    )


def main() -> None:
    """Draw the page."""
    results = current(board().entries)
    installed = {entry.name: entry.value for entry in registry().tasks}
    known: dict[str, type[Task] | Entry] = {**{name: entries[0] for name, entries in results.items()}, **installed}
    draw("<h1>Tasks</h1>")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    search = address.type_text("Search tasks", "q", placeholder="name, title, protocol; a comma means or", place=left)
    filters = right.popover("Filters", icon=":material/filter_list:", width="stretch")
    tracks = address.choose_several("Track", "track", sorted({name.split("/")[0] for name in known}), place=filters)
    tiers = address.choose_several("Tier", "tier", sorted({task.tier for task in known.values()}), place=filters)
    states = address.choose_several("State", "state", [COMPLETE, INCOMPLETE, FAILING, NONE], place=filters)
    hand = all_at_hand()
    data = address.choose_several(
        "Data", "data", sorted({*hand.values(), UNKNOWN}), noun="state of data", place=filters
    )
    lines = [
        row(name, task, results.get(name, []), hand.get(name, UNKNOWN))
        for name, task in sorted(known.items())
        if (not tracks or name.split("/")[0] in tracks)
        and (not tiers or task.tier in tiers)
        and (not states or progress(results.get(name, [])) & set(states))
        and (not data or hand.get(name, UNKNOWN) in data)
        and matches(search, name, task.title, getattr(task, "summary", ""))
    ]
    if not lines:
        draw('<p role="status">No task matches. <a href="{}">Show all.</a></p>', href("tasks"))
        return
    said = f"{len(lines)} of {len(known)} tasks"
    draw_table(HEADS, lines, f"{said}. Best: {BEST[0].lower()}{BEST[1:]}", naming=1)


main()
