"""One method: its card, its parameters, and how it does on every task."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from suite.board.export import shown_difference, shown_rank, shown_value
from suite.board.model import Point, Row, SeedRun, Table
from suite.contracts import Card, Method, Setting

from ..components.chart import LEGEND, axis_chart, draw
from ..components.choice import choose
from ..components.escape import clean, https, plain
from ..components.grid import coverage
from ..components.links import LABEL, address, table_address
from ..components.source import board, registry

Placed = list[tuple[Table, Row]]


def draw_card(card: Card | None, name: str) -> None:
    """Draw who made the method and what the implementation follows."""
    st.title(plain(card.title if card else name), anchor=False)
    if card is None:
        st.warning("This method is not installed here; its results were made elsewhere or earlier.")
        return
    year = f" ({card.year})" if card.year else ""
    if card.paper:
        st.markdown(f"**Paper:** {plain(card.paper)}{year}  \n**Authors:** {plain(card.authors)}")
    st.markdown(f"**Status:** {plain(card.status)}")
    if url := https(card.url):
        st.link_button("Open the paper", url, icon=":material/open_in_new:")
    if card.note:
        shown = st.warning if card.status == "reconstruction" else st.info
        shown(plain(card.note), icon=":material/info:")


def draw_parameters(method: type[Method]) -> None:
    """Draw the typed parameters with their defaults."""
    st.subheader("Parameters", anchor=False)
    fields = method.Parameters.model_fields
    if not fields:
        st.markdown("None.")
        return
    defaults = method.Parameters().model_dump(mode="json")
    rows = [
        {"parameter": name, "default": str(defaults[name]), "meaning": clean(field.description or "")}
        for name, field in fields.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def draw_rows(placed: Placed) -> None:
    """Draw a line for each task, setting, protocol and set of parameters."""
    st.subheader("On every task", anchor=False)
    rows = [
        {
            "task": table_address(table, table.title),
            "setting": clean(table.condition),
            "method": clean(row.label),
            "rank": shown_rank(row) if table.current else "earlier protocol",
            "ranked by": f"{clean(table.primary)} ({table.metric(table.primary.metric).shown_unit})",
            "mean ± 95 %": shown_value(table.metric(table.primary.metric), row.value(table.primary)),
            "coverage": coverage(table, row),
            "difference": shown_difference(table.metric(table.primary.metric), row),
            "not ranked because": clean(row.unranked),
            "version": clean(row.version),
        }
        for table, row in placed
    ]
    config = {"task": st.column_config.LinkColumn(display_text=LABEL, help="Opens the task's table.")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config)


def draw_axes(placed: Placed) -> None:
    """Draw the primary metric along each axis of a task on which the method has results at several values."""
    lines: dict[tuple[str, str, Setting], Placed] = {}
    for table, row in placed:
        for axis in table.setting if table.current else ():
            others = Setting({name: value for name, value in table.setting.items() if name != axis})
            lines.setdefault((table.task, axis, others), []).append((table, row))
    for (_, axis, others), line in lines.items():
        if len({table.setting[axis] for table, _ in line}) > 1:
            beside = f" ({plain(others)})" if others else ""
            st.subheader(f"{plain(line[0][0].title)} by {plain(axis)}{beside}", anchor=False)
            axis_chart(axis, line)


def draw_seeds(placed: Placed) -> None:
    """Draw the value of every seed, with links to the runs; then the runs without one."""
    st.subheader("Seed by seed", anchor=False)
    config = {
        "run": st.column_config.LinkColumn(display_text=LABEL, help="Opens the run."),
        "value": st.column_config.NumberColumn(format="%.2f"),
    }
    points = pd.DataFrame(
        {
            **_which(table, row, point),
            "column": clean(table.primary),
            "value": table.metric(table.primary.metric).shown(point.value),
        }
        for table, row in placed
        for point in row.points
    )
    if points.empty:
        st.markdown("No finished seed yet.")
    else:
        marks = alt.Chart(points).mark_point(filled=True, size=70)
        chart = marks.encode(
            x=alt.X("value:Q", scale=alt.Scale(zero=False)),
            y=alt.Y("task:N", title=None),
            color=alt.Color("variant:N", legend=LEGEND),
            tooltip=["task", "variant", "seed", "column", alt.Tooltip("value", format=".2f")],
        )
        tasks = points["task"].nunique()
        draw(chart, f"Value of every seed, {len(points)} points, on {tasks} tasks; in the table below.")
        st.dataframe(points, hide_index=True, column_config=config)
    scored = {point.run for _, row in placed for point in row.points}
    others = [
        {**_which(table, row, run), "state": clean(run.state)}
        for table, row in placed
        for run in row.runs
        if run.run not in scored
    ]
    if others:
        st.markdown("Runs without a score in the primary column:")
        st.dataframe(pd.DataFrame(others), hide_index=True, column_config=config)


def _which(table: Table, row: Row, run: Point | SeedRun) -> dict[str, Any]:
    return {
        "run": address("run", run.run[:8], run=run.run),
        "task": clean(f"{table.task} {table.condition}"),
        "variant": clean(row.label),
        "seed": run.seed,
    }


def main() -> None:
    """Draw the page."""
    tables, known = board().tables, registry()
    on_board = {row.method: row for table in tables for row in table.rows}
    names = sorted({*on_board, *(entry.name for entry in known.methods)})
    if not names:
        st.info("No method is installed. `suite plugins` says why.")
        return
    name = choose("Method", "method", names)
    installed = next((entry.value for entry in known.methods if entry.name == name), None)
    draw_card(installed.card if installed else on_board[name].card, name)
    placed = [(table, row) for table in tables for row in table.rows if row.method == name]
    if placed:
        draw_rows(placed)
        draw_axes(placed)
        draw_seeds(placed)
    else:
        st.info("No results yet. Type:")
        st.code(f"suite run --method {name.split('/')[-1]}", language="bash")
    if installed:
        draw_parameters(installed)


main()
