"""One task: its protocol, metrics, data, seeds and tables."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import pandas as pd
import streamlit as st

from suite.board.model import Table
from suite.contracts import Task

from ..components.choice import choose
from ..components.escape import clean, plain
from ..components.links import LABEL, link, table_address
from ..components.source import board, registry


def draw_protocol(task: Table | type[Task]) -> None:
    """Draw what a table on the board and a task class both declare."""
    st.title(plain(task.title), anchor=False)
    seeds = ", ".join(map(str, task.seeds))
    st.caption(
        f"Tier {plain(task.tier)} · version {plain(task.version)} · ranked by **{plain(task.primary)}** · seeds {seeds}"
    )
    st.markdown(plain(task.summary))
    st.subheader("Metrics", anchor=False)
    rows = [
        {
            "metric": metric.name,
            "definition": clean(metric.definition),
            "better": metric.direction,
            "unit": clean(metric.unit),
            "bounds": " to ".join("–" if bound is None else f"{bound:g}" for bound in metric.bounds),
            "version": clean(metric.version),
        }
        for metric in task.metrics
    ]
    st.table(pd.DataFrame(rows).map(plain).set_index("metric"))
    st.markdown(f"**Subsets:** {', '.join(map(plain, task.subsets))}")
    for axis in task.axes:
        others = ", ".join(map(plain, axis.values[1:]))
        about = f". {plain(axis.about)}" if axis.about else ""
        st.markdown(f"**Axis {plain(axis.name)}:** {plain(axis.values[0])} (default), {others}{about}")
    if task.comparable_by:
        st.markdown(f"**Comparable** are rows that share: {', '.join(map(plain, task.comparable_by))}")


def draw_data(table: Table) -> None:
    """Draw the fingerprints, what is missing, and the facts."""
    st.subheader("Data and reference models", anchor=False)
    if table.missing:
        st.warning(f"Missing data: {plain(', '.join(table.missing))}. Means without them are partial.")
    rows = [
        {"what": clean(name), "sha256": value or "missing", "at hand": value is not None}
        for name, value in table.ingredients.items()
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True)
        st.caption("Of the seed that was run last; a trained reference model differs from seed to seed.")
    for name, said in table.facts.items():
        st.markdown(f"**{plain(name)}:** {plain(said)}")


def draw_tables(tables: list[Table]) -> None:
    """Draw a line for each setting and protocol that the task was run under."""
    st.subheader("Tables", anchor=False)
    rows = [
        {
            "table": table_address(table, table.protocol[:12]),
            "setting": clean(table.condition),
            "state": "current" if table.current else "earlier, not comparable",
            "task version": clean(table.version),
            "methods": len(table.rows),
            "ranked": sum(row.place is not None for row in table.rows),
            "missing data": ", ".join(map(clean, table.missing)),
        }
        for table in tables
    ]
    config = {"table": st.column_config.LinkColumn(display_text=LABEL, help="Opens the table of this protocol.")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config)


def main() -> None:
    """Draw the page."""
    everything, known = board(), registry()
    names = sorted({*(table.task for table in everything.tables), *(entry.name for entry in known.tasks)})
    if not names:
        st.info("No task is installed. `suite plugins` says why.")
        return
    name = choose("Task", "id", names)
    tables = everything.of_task(name)
    draw_protocol(tables[0] if tables else known.tasks[name])
    if tables:
        link("track", "Open the leaderboard of this task", ":material/leaderboard:", track=tables[0].track, task=name)
        draw_tables(tables)
        draw_data(tables[0])
    else:
        st.info("No results yet. Type:")
        st.code(f"suite run --task {name}", language="bash")


main()
