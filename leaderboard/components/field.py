"""The win matrix of a track: for every pair of methods, on which share of their common tables the one is better."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from suite.board.board import Board
from suite.board.model import Entry
from suite.board.wins import LEVEL, Wins, wins

from .chart import draw_chart
from .escape import clean
from .links import href
from .prose import draw, link
from .table import Cell, Head, Line, Ticks, draw_table
from .theme import ink, is_dark

MOST = 40
"""How many methods the chart shows at most, those that win most; the table has all."""
CELL = 18
AXIS_PIXELS = 270


def draw_field(everything: Board, entries: Sequence[Entry], track: str) -> None:
    """Draw the win matrix as a chart, and what it says of each method as a table."""
    stamps = tuple((entry.file, entry.stamp) for entry in entries)
    made = _wins(stamps, everything, list(entries))
    if len(made.labels) < 2:
        draw("<p>Fewer than two methods have complete results.</p>")
        return
    methods = {result.label: result.method for entry in entries for result in entry.results}
    _draw_squares(made, track)
    _draw_table(made, methods, track)


@st.cache_data(max_entries=16, show_spinner="Comparing every pair …")
def _wins(stamps: tuple[tuple[str, str], ...], _board: Board, _entries: list[Entry]) -> Wins:
    return wins(map(_board.table, _entries))


def _draw_squares(made: Wins, track: str) -> None:
    labels = made.labels[:MOST]
    cells = [
        {
            "row": clean(a),
            "column": clean(b),
            "share": float(made.shares[i, j]),
            "reads": f"better on {made.better[i, j]} of {made.common[i, j]}, told apart on {made.apart[i, j]}",
            "sign": "●" if 2 * made.apart[i, j] > made.common[i, j] else "",
            "address": href("compare", track=track, methods=[a, b]),
        }
        for i, a in enumerate(labels)
        for j, b in enumerate(labels)
        if made.common[i, j]
    ]
    names = [clean(label) for label in labels]
    ends = ["#8a4b1f", "#2b313d", "#1c6f78"] if is_dark() else ["#e8a06a", "#f4f6f8", "#5fb0b8"]
    axis = alt.Axis(labelLimit=150, labelOverlap=False, ticks=False, domain=False)
    above = alt.Axis(orient="top", labelAngle=-90, labelLimit=150, labelOverlap="greedy", ticks=False, domain=False)
    base = alt.Chart(pd.DataFrame(cells)).encode(
        x=alt.X("column:N", sort=names, title=None, axis=above),
        y=alt.Y("row:N", sort=names, title=None, axis=axis),
        tooltip=["row", "column", "reads"],
        href="address:N",
    )
    share = alt.Scale(domain=[0, 0.5, 1], range=ends, interpolate="rgb")
    legend = alt.Legend(title="row is better on", format=".0%", orient="bottom")
    squares = base.mark_rect(cursor="pointer").encode(color=alt.Color("share:Q", scale=share, legend=legend))
    signs = base.mark_text(fontSize=9, color=ink()).encode(text="sign:N")
    hidden = f" The first {MOST} of {len(made.labels)} methods." if len(made.labels) > MOST else ""
    draw_chart(
        alt.layer(squares, signs).properties(height=CELL * len(labels) + AXIS_PIXELS),
        f"Win matrix of {len(labels)} methods, those that win most first. A dot: told apart on most common tables. "
        f"A square opens the comparison of its pair.{hidden} In words in the table below.",
    )


def _draw_table(made: Wins, methods: dict[str, str], track: str) -> None:
    heads = [
        Head("Method", about="Opens its page. Tick some to compare them."),
        Head(
            "Wins",
            about="Share of comparisons, one for each other method and common table, in which it is better.",
            number=True,
            better="higher",
        ),
        Head(
            "Beats clearly",
            about="Other methods than which it is better and told apart on most common tables.",
            number=True,
        ),
        Head(
            "Beaten clearly by",
            about="Other methods that are better and told apart on most common tables.",
            number=True,
        ),
        Head("Compared with", about="Other methods with which it has a table in common.", number=True),
    ]
    won = made.better.sum(axis=1) / np.maximum(made.common.sum(axis=1), 1)
    clearly = 2 * made.apart > made.common
    lines = [
        Line(
            [
                Cell(link(label, href("method", method=methods[label]))),
                Cell(f"{100 * won[at]:.0f} %", value=float(won[at])),
                Cell(str(int(clearly[at].sum()))),
                Cell(str(int(clearly[:, at].sum()))),
                Cell(str(int((made.common[at] > 0).sum()))),
            ],
            tick=label,
        )
        for at, label in enumerate(made.labels)
    ]
    caption = (
        "In the column that ranks each table, of any access. Of the pairs of a table that are told apart, at most "
        f"{100 * LEVEL:.0f} % are expected not to differ (false discovery rate)."
    )
    ticks = Ticks("compare", "Compare the ticked rows", {"track": track})
    draw_table(heads, lines, caption, naming=1, ticks=ticks, page="field")
