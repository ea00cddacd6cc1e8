"""One method: its card, how it does on every task of its track, its variants, its history, and its parameters."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st

from suite.board.board import Board
from suite.board.command import commands
from suite.board.matrix import matrix
from suite.contracts import Setting
from suite.errors import SuiteError

from ..components import address, citation
from ..components.box import opened
from ..components.card import draw_card, draw_parameters
from ..components.chart import axis_chart
from ..components.citation import draw_sharing
from ..components.links import href
from ..components.panels import Placed, draw_panels
from ..components.placed import draw_history, draw_rows, draw_sources
from ..components.prose import draw, fill, join, link
from ..components.source import archive, board, registry


def draw_standing(name: str, everything: Board) -> None:
    """Draw how the method does over its track: places, firsts and mean rank of each of its variants."""
    track = name.partition("/")[0]
    current = [entry for entry in everything.entries if entry.current and entry.track == track]
    made = matrix(current)
    own = [line for line in made.lines if line.method == name]
    sentences = []
    for line in own:
        access = f" that are given {', '.join(line.access)}" if line.access else ""
        field = sum(other.mean_rank is not None and other.access == line.access for other in made.lines)
        rank = ""
        if line.mean_rank is not None:
            methods = "1 method" if field == 1 else f"{field} methods"
            tables = f"the {len(made.common)} common tables" if len(made.common) > 1 else "the one common table"
            rank = f" On {tables}, among {methods}{access}, its mean rank is {line.mean_rank:.2f}."
        first = sum(result.place == 1 for result in line.results.values())
        sentences.append(
            fill(
                "<b>{}</b> has a place on {} of {} tables, and is first on {}.{}",
                *(line.label, line.placed, len(current), first, rank),
            )
        )
    links = [link("All methods on all tasks", href("matrix", track=track))]
    links.append(link("Compare it with others", href("compare", track=track, methods=[line.label for line in own][:6])))
    draw("<p class='lead'>{}</p><p>{}</p>", join(sentences, " "), join(links, " · "))


def draw_axes(placed: Placed) -> None:
    """Draw the primary metric along each axis of a task on which the method has results at several values."""
    lines: dict[tuple[str, str, Setting], Placed] = {}
    for table, row in placed:
        for axis in table.setting if table.current else ():
            others = Setting({name: value for name, value in table.setting.items() if name != axis})
            lines.setdefault((table.task, axis, others), []).append((table, row))
    for (_, axis, others), line in lines.items():
        if len({table.setting[axis] for table, _ in line}) > 1:
            beside = f"({others})" if others else ""
            draw("<h3>{} by {} {}</h3>", line[0][0].title, axis, beside)
            axis_chart(axis, line)


def draw_again(placed: Placed) -> None:
    """Draw, to be opened, the commands that make today's rows again."""
    box = opened("Make these rows again", "again")
    if box is None:
        return
    rows = [row for table, row in placed if table.current and row.runs]
    try:
        store = archive()
    except SuiteError:
        box.write("The store cannot be read now.")
        return
    try:
        cells = [(store.run(row.runs[0].run).cell, [run.seed for run in row.runs]) for row in rows]
    except SuiteError:
        box.write("Some of these runs are no longer in the store.")
        return
    finally:
        store.close()
    box.code("\n".join(map(str, commands(cells, registry()))), language="bash", wrap_lines=True)


def placed_rows(name: str, everything: Board) -> Placed:
    """Return the rows of a method with their tables; only tables that have one are read."""
    entries = [entry for entry in everything.entries if any(result.method == name for result in entry.results)]
    tables = map(everything.table, entries)
    return [(table, row) for table in tables for row in table.rows if row.method == name]


def main() -> None:
    """Draw the page."""
    known = registry().methods
    everything = board()
    on_board = {result.method for entry in everything.entries for result in entry.results}
    name = address.read_known("method", "method", sorted({*on_board, *(entry.name for entry in known)}))
    installed = known.entry(name) if name in known else None
    placed = placed_rows(name, everything)
    card = installed.value.card if installed else next((row.card for _, row in placed if row.card), None)
    draw_card(card, name, installed)
    if placed:
        draw_standing(name, everything)
        draw_rows(placed)
        draw_sources(placed)
        draw("<h2>Every seed, a chart for each metric</h2>")
        draw_panels([(table, row) for table, row in placed if table.current])
        draw_axes(placed)
        draw_again(placed)
        draw_history(placed)
    else:
        draw("<p>No results yet. Type:</p>")
        st.code(f"suite run --method {name.partition('/')[2]}", language="bash")
    if installed:
        draw_parameters(installed.value)
    draw_sharing(citation.of_method(card, everything))


main()
