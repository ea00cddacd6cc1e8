"""Two to six methods side by side over the tables of a track, and below them the whole field, pair by pair."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st

from suite.board.board import Board
from suite.board.export import to_csv
from suite.board.markup import grid_as_latex, grid_as_markdown
from suite.board.model import Entry
from suite.contracts import Column

from ..components import address
from ..components.box import opened
from ..components.citation import draw_sharing, of_board
from ..components.duel import Duel, duels
from ..components.field import draw_field
from ..components.forest import Branch, forest_chart, forests
from ..components.links import href
from ..components.prose import draw, link
from ..components.scope import choose_track, named
from ..components.source import board
from ..components.told import flat, lines_of, summary
from ..components.versus import draw_costs, draw_duels

MOST = 6
FIELD = "The whole field, pair by pair"
RANKING, SUMMARY, EVERY = "ranking", "summary", "every"
COLUMNS = {
    RANKING: "the one that ranks each table",
    SUMMARY: "all metrics",
    EVERY: "all metrics, on every data set",
}


def columns_of(choice: str) -> dict[str, bool]:
    """Return whether other metrics, and single data sets, are compared too."""
    return {"metrics": choice != RANKING, "parts": choice == EVERY}


def draw_chosen(everything: Board, entries: list[Entry], labels: list[str], title: str) -> None:
    """Draw the comparison of the chosen methods."""
    left, right = st.columns(2)
    base = address.choose("Differences to", "base", labels, noun="method that is compared", place=left)
    choice = address.choose(
        "Columns", "columns", list(COLUMNS), noun="choice of columns", shown=COLUMNS.__getitem__, place=right
    )
    order = [base, *(label for label in labels if label != base)]
    made = duels(everything, entries, tuple(order), **columns_of(choice))
    if not made:
        draw('<p class="note" role="status">No table has two of them with a finished seed in common.</p>')
        return
    for sentence in summary(made, base, order[1:]):
        draw('<p class="lead">{}</p>', sentence)
    _draw_forests(made, base, order[1:])
    draw_duels(made, order)
    draw_costs(everything, entries, order)
    headings, lines = lines_of(made)
    caption = f"{title}: paired differences to {base}, with 95 % intervals."
    draw_sharing(
        {
            "The comparison as Markdown": lambda: grid_as_markdown(headings, lines, caption),
            "The comparison as LaTeX": lambda: grid_as_latex(headings, lines, caption),
            **of_board(everything),
        }
    )
    st.download_button(
        "All comparisons as CSV",
        to_csv(flat(made)),
        "comparison.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _draw_forests(made: list[Duel], base: str, others: list[str]) -> None:
    looks = {label: number for number, label in enumerate(others)}
    branches = [
        Branch(duel.a, _place(duel), duel.column, duel.metric, duel.difference) for duel in made if duel.b == base
    ]
    for group in forests(branches).values():
        forest_chart(group, base, looks)


def _place(duel: Duel) -> str:
    ranked: Column = duel.entry.primary
    return named(duel.entry) if duel.column == ranked else f"{named(duel.entry)}, {duel.column.subset}"


def main() -> None:
    """Draw the page."""
    everything = board()
    heading = st.container()
    track, title, entries = choose_track(everything)
    known = list(dict.fromkeys(result.label for entry in entries for result in entry.results))
    labels = address.choose_several(f"Methods, two to {MOST}", "methods", known, noun="method", most=MOST)
    left_out = [label for label in address.current().wanted.get("methods", ()) if label and label not in labels]
    if left_out:
        draw('<p class="note" role="status">At most {} are compared; left out: {}.</p>', MOST, ", ".join(left_out))
    words = ", ".join(labels) if len(labels) > 1 else "methods"
    st.session_state["title"] = f"Compare {words}"
    draw("<h1>{}: compare {}</h1>", title, words, place=heading)
    if len(labels) > 1:
        draw_chosen(everything, entries, labels, title)
        if (box := opened(FIELD, "field")) is not None:
            with box:
                draw_field(everything, entries, track)
    else:
        draw("<p>Choose two methods or more, here or by ticking rows of a table; or start from a pair below.</p>")
        draw("<h2>{}</h2>", FIELD)
        draw_field(everything, entries, track)
    draw("<p>{}</p>", link("All methods on all tasks", href("matrix", track=track)))


main()
