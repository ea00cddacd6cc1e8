"""The leaderboard of one task."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import streamlit as st

from suite.board.export import flat_rows, to_csv
from suite.board.model import Board, Table
from suite.board.notes import notes, unranked

from ..components import grid
from ..components.chart import interval_chart
from ..components.choice import choose
from ..components.escape import clean, plain
from ..components.links import axis_key, link
from ..components.rows import ALL, RANK, comparable, matching, ordered
from ..components.source import board

PROTOCOL = "One protocol is one version of task, data, reference models and metrics."
NONE = "–"
COMPARABLE = (
    "Keeps the rows that share these facts, which the protocol leaves to the methods. "
    "Ranks do not change: they are among all rows."
)


def choose_table(everything: Board) -> Table:
    """Draw the choice of track, task and protocol, below a heading that says what was chosen."""
    present = list(dict.fromkeys(table.track for table in everything.tables))
    track_of_task = st.query_params.get("task", "").split("/")[0]
    if "track" not in st.query_params and "track" not in st.session_state and track_of_task in present:
        st.session_state["track"] = track_of_task  # a link may name the task alone
    heading = st.container()
    left, middle, right = st.columns([1, 1.5, 1.4])
    with left:
        track = choose("Track", "track", present)
    with middle:
        tasks = dict.fromkeys(table.task for table in everything.tables if table.track == track)
        task = choose("Task", "task", list(tasks))
    of_setting = choose_setting(everything.of_task(task))
    tables = {table.protocol[:12]: table for table in of_setting}
    with right:
        label = "Protocol" if len(tables) == 1 else "Protocol (first: current, others: not comparable with it)"
        chosen = tables[choose(label, "protocol", list(tables), help=PROTOCOL)]
    with heading:
        known = next((known for known in everything.tracks if known.name == track), None)
        st.title(f"{plain(known.title if known else track)}: {plain(chosen.title)}", anchor=False)
        if known:
            st.markdown(plain(known.question))
    return chosen


def choose_setting(tables: list[Table]) -> list[Table]:
    """Draw a box for each axis of a task, with the values that have results; return the tables of the chosen ones."""
    axes = tables[0].axes
    for axis, place in zip(axes, st.columns(len(axes)) if axes else (), strict=True):
        values = list(dict.fromkeys(table.setting.get(axis.name, NONE) for table in tables))
        with place:
            value = choose(clean(axis.name).capitalize(), axis_key(axis.name), values, help=clean(axis.about))
        tables = [table for table in tables if table.setting.get(axis.name, NONE) == value]
    return tables


def draw_table(table: Table) -> None:
    """Draw search, presets, the table, its download and the chart."""
    if len(table.accesses) > 1 and st.toggle(
        "Rank methods of every access together", key="together", bind="query-params"
    ):
        table = table.together()
    choices = comparable(table)
    several = len(choices) > 1
    chosen = choose("Comparable with", "comparable", list(choices), help=COMPARABLE) if several else ALL
    left, middle, right = st.columns([2, 1, 1.4], vertical_alignment="bottom")
    search = left.text_input("Search methods", key="q", placeholder="name, author, paper, status", bind="query-params")
    with middle:
        preset = choose("Columns", "columns", list(grid.PRESETS))
    with right:
        columns = grid.columns_of(table, preset)
        by = choose("Sort by", "sort", [RANK, *map(str, columns)], help="Best first. Clicking a heading sorts too.")
    rows = ordered(table, matching(choices[chosen], search or ""), by)
    if not rows:
        st.info(f"No method matches {plain(search)}.", icon=":material/search_off:")
        return
    place = st.container()
    toggle, download, task = st.columns([2, 1, 1], vertical_alignment="center")
    words = "Plain table (for screen readers and printing)"
    data = grid.frame(table, rows, columns)
    with place:
        if toggle.toggle(words, key="plain", bind="query-params"):
            st.table(grid.readable(data, rows))
        else:
            st.dataframe(
                data, hide_index=True, height="content", placeholder="–", column_config=grid.config(table, columns)
            )
    name = f"{'-'.join([*table.task.split('/'), *table.setting.values(), table.protocol[:8]])}.csv"
    csv = to_csv(flat_rows(table))
    download.download_button("All columns as CSV", csv, name, "text/csv", icon=":material/download:", on_click="ignore")
    with task:
        link("task", "About this task", ":material/assignment:", id=table.task)
    st.subheader(f"{plain(table.primary)} with intervals", anchor=False)
    interval_chart(table, rows)


def main() -> None:
    """Draw the page."""
    everything = board()
    if not everything.tables:
        st.title("Nothing to show yet")
        st.info("The store is there, but no run of a known task has ended in it. Type:", icon=":material/terminal:")
        st.code("suite run", language="bash")
        return
    table = choose_table(everything)
    if not table.current:
        st.warning("An earlier protocol: these numbers are not comparable with the current ones.")
    metric = table.metric(table.primary.metric)
    condition = f"{plain(table.condition)} · " if table.setting else ""
    st.caption(
        f"{condition}{len(table.rows)} methods · ranked by **{plain(table.primary)}** ({metric.direction} is better) · "
        f"{len(table.seeds)} seeds · task version {plain(table.version)} · tier {table.tier} · "
        f"built {plain(everything.built[:16].replace('T', ' '))} UTC"
    )
    draw_table(table)
    if excluded := unranked(table):
        st.subheader("Not ranked", anchor=False)
        st.markdown("\n".join(f"- {plain(label)}: {plain(reason)}" for label, reason in excluded))
    st.subheader("How to read this", anchor=False)
    st.markdown("\n".join(f"- **{plain(heading)}:** {plain(text)}" for heading, text in notes(table)))
    if table.facts:
        with st.expander("Reference model and other facts"):
            st.markdown("\n".join(f"- **{plain(name)}:** {plain(said)}" for name, said in table.facts.items()))


main()
