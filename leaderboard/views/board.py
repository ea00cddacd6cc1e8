"""The table of one task in one setting: who is best, who is not told apart from the best, and what it rests on."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

from typing import Any

import streamlit as st

from suite.board.answer import answers
from suite.board.badges import WHOSE, is_of
from suite.board.board import Board
from suite.board.model import Entry, Table
from suite.board.notes import notes, reasons

from ..components import address
from ..components.chart import interval_chart
from ..components.chooser import choose_tables
from ..components.citation import draw_sharing, of_table
from ..components.columns import PRESETS, TIE, cost_sort, recorded, title
from ..components.escape import clean
from ..components.layout import heads, layout, line
from ..components.links import axis_key, href
from ..components.prose import definitions, draw, fill, join, link
from ..components.rows import ALL, RANK, comparable, matching, ordered
from ..components.source import board
from ..components.table import Ticks, draw_columns, draw_table

FEW = 3  # rows of one reason that are named before the others are folded
PROTOCOL = "One protocol is one version of task, data, reference models and metrics."
SOURCE = "Own rows are of the store, published ones of submissions. Ranks do not change: they are among all rows."
COMPARABLE = (
    "Keeps the rows that share these facts, which the protocol leaves to the methods. "
    "Ranks do not change: they are among all rows."
)


def choose_entry(everything: Board, place: Any) -> Entry:
    """Draw the choice of task, setting and, where there are several, protocol; return the table that they name."""
    tables = choose_tables(everything, everything.entries, place)
    protocols = {entry.protocol[:12]: entry for entry in tables}
    if len(protocols) == 1:
        return protocols[address.read_known("protocol", "protocol", list(protocols), next(iter(protocols)))]
    label = "Protocol (the first is the current one, others are not comparable with it)"
    return protocols[address.choose(label, "protocol", list(protocols), noun="protocol", help=PROTOCOL)]


def draw_heading(everything: Board, table: Table) -> None:
    """Say what the table is of, and who is best in it."""
    track = next((track for track in everything.index.tracks if track.name == table.track), None)
    named = f"{table.title} ({table.condition})" if table.setting else table.title
    st.session_state["title"] = named
    draw("<h1>{}</h1>", named)
    draw('<p class="quiet beside">{} {}</p>', track.question if track else "", about(table))
    if not table.current:
        earlier = "An earlier protocol: its numbers are not comparable with the current ones."
        draw('<p class="note" role="alert">{}</p>', earlier)


def about(table: Table) -> str:
    """Return one line on the table: how many methods and seeds, what ranks, which version."""
    metric = table.metric(table.primary.metric)
    return (
        f"{len(table.rows)} methods, {len(table.seeds)} seeds, ranked by {title(table.primary)} "
        f"({metric.direction} is better). Task version {table.version}, tier {table.tier}."
    )


def draw_rows(everything: Board, entry: Entry, table: Table, left: Any, right: Any) -> None:
    """Draw search, filters, the table, its downloads and the chart."""
    search = address.type_text("Search methods", "q", placeholder="name, author, paper; a comma means or", place=left)
    more = right.popover("Columns and order", icon=":material/tune:", width="stretch")
    if len(table.accesses) < 2:
        address.read_idle("together", "switch", ("true", "false"), "false")
    elif address.switch("Rank methods of every access together", "together", place=more):
        table = table.together()
    choices = comparable(table)
    chosen = ALL
    if len(choices) > 1:
        noun = "group of comparable rows"
        chosen = address.choose("Comparable with", "comparable", list(choices), noun=noun, help=COMPARABLE, place=more)
    else:
        address.read_idle("comparable", "group of comparable rows", [ALL], ALL)
    paid = recorded(table)
    whose: str = WHOSE[0]
    if len({is_of(row, "published") for row in table.rows}) > 1:
        whose = address.choose("Rows", "source", list(WHOSE), noun="kind of rows", help=SOURCE, place=more)
    else:
        address.read_idle("source", "kind of rows", WHOSE, whose)
    shown = layout(
        table, address.choose("Columns", "columns", list(PRESETS), noun="choice of columns", place=more), paid
    )
    sorts = {RANK: "rank"} | {str(column): title(column) for column in shown.columns}
    sorts |= {cost_sort(cost): cost.title for cost in paid}
    by = address.choose(
        "Order by, best first", "sort", list(sorts), noun="order", shown=lambda name: clean(sorts[name]), place=more
    )
    wanted = [row for row in choices[chosen] if is_of(row, whose)]
    rows = ordered(table, matching(wanted, search), by, paid)
    if not rows:
        draw(
            '<p role="status">No method matches “{}”. <a href="{}">Show all.</a></p>', search, address.here({"q": None})
        )
        return
    table_heads = heads(shown)
    hidden = len(table.rows) - len(rows)
    caption = f"{'; '.join(answers(table)) or 'No method is ranked yet'}."
    caption += f" {TIE} and a shade mark such rows." if shown.tied else ""
    caption += f" {hidden} rows are hidden; ranks are those of all rows." if hidden else ""
    ticks = Ticks("compare", "Compare the ticked rows", {"track": table.track})
    draw_table(table_heads, [line(shown, row) for row in rows], caption, ticks=ticks, sorted_by=by)
    draw_columns(table_heads)
    draw_downloads(everything, entry)
    draw_sharing(of_table(table, everything))
    draw("<h2>{}, with intervals</h2>", title(table.primary))
    interval_chart(table, rows)


def draw_downloads(everything: Board, entry: Entry) -> None:
    """Draw the table as files, and links to what belongs to it."""
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.download_button(
        "All columns as CSV",
        lambda: everything.file(entry, "csv"),
        f"{entry.file}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    setting = {axis_key(axis): value for axis, value in entry.setting.items()}
    links = (
        link("JSON", f"api/table/{entry.file}.json"),
        link("every score as Parquet", f"api/table/{entry.file}.parquet"),
        link("about this task", href("task", id=entry.task)),
        link("quality against cost", href("cost", track=entry.track, task=entry.task, **setting)),
        link("all tasks of the track", href("matrix", track=entry.track)),
    )
    draw("<p>{}</p>", join(links, " · "), place=right)


def draw_unranked(table: Table) -> None:
    """Say which rows might have a place and have none, by the reason; many of one reason are folded."""
    said = []
    for reason, labels in reasons(table).items():
        rows = "1 row" if len(labels) == 1 else f"{len(labels)} rows"
        if len(labels) <= FEW:
            said.append(fill("<p>{}: {}: {}.</p>", rows, reason, ", ".join(labels)))
        else:
            first, more = ", ".join(labels[:FEW]), ", ".join(labels)
            folded = "<details><summary>{}: {}: {} and {} more</summary>{}</details>"
            said.append(fill(folded, rows, reason, first, len(labels) - FEW, more))
    if said:
        draw("<h2>Not ranked</h2>{}", said)


def main() -> None:
    """Draw the page."""
    everything = board()
    heading = st.container()
    first, left, right = st.columns([2.2, 2, 1], vertical_alignment="bottom")
    entry = choose_entry(everything, first)
    table = everything.table(entry)
    with heading:
        draw_heading(everything, table)
    draw_rows(everything, entry, table, left, right)
    draw_unranked(table)
    draw("<h2>How to read this</h2>{}", definitions({"this table": about(table), **dict(notes(table))}))
    if table.facts:
        facts = definitions(table.facts)
        draw("<details><summary>Reference model and other facts</summary>{}</details>", facts)


main()
