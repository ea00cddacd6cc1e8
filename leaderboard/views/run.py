"""One run: its scores, how it was made, what went wrong, and its samples."""

from __future__ import annotations

__package__ = "suite.leaderboard.views"  # Streamlit runs it as a script

import logging

import pandas as pd
import pyarrow as pa
import streamlit as st

from suite.contracts import Setting
from suite.errors import SuiteError
from suite.store.reading import Reader
from suite.store.rows import RunRow
from suite.store.samples import read_table

from ..components.escape import clean, plain
from ..components.links import link
from ..components.pictures import draw_pictures
from ..components.record import command, provenance
from ..components.source import registry, settings, show_problem

log = logging.getLogger(__name__)
FIRST_ROWS = 20
OUTCOMES = {"done": st.success, "running": st.info, "stale": st.warning, "late": st.warning}


def find(prefix: str) -> RunRow | None:
    """Return the run whose id starts so; if there is none, say so and return None."""
    try:
        reader = Reader(settings().database_url)
    except SuiteError as error:
        show_problem(error)
        return None
    try:
        return reader.run(prefix)
    except SuiteError as error:
        st.info(f"{plain(error.cause)}. `{error.next}` lists the runs.", icon=":material/search_off:")
        return None
    finally:
        reader.close()


def draw_scores(run: RunRow) -> None:
    """Draw the scores as they are stored."""
    st.subheader("Scores", anchor=False)
    rows = [
        {
            "metric": clean(f"{score.metric}@{score.metric_version}"),
            "subset": clean(score.subset),
            "value": score.value,
            "n": score.n,
            "partial": score.partial,
        }
        for score in run.scores
    ]
    config = {
        "value": st.column_config.NumberColumn(format="%.4f", help="As stored: fractions in 0 to 1."),
        "n": st.column_config.NumberColumn(help="Samples, or data sets where it is a mean over data sets."),
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", column_config=config)


def read(run: RunRow) -> pa.Table | None:
    """Return the stored samples of a run, if there are any; if they cannot be read, say so."""
    try:
        return read_table(settings(), run.samples)
    except Exception:  # whatever a damaged file makes of it
        log.exception("the samples of run %s cannot be read", run.id)
        st.info("The samples of this run cannot be read. The server's log says why.")
        return None


def draw_samples(run: RunRow, table: pa.Table) -> None:
    """Draw the pictures that the samples make of themselves; their first rows if there are none."""
    st.subheader("Samples", anchor=False)
    tasks = registry().tasks
    if run.cell.task not in tasks or not draw_pictures(tasks[run.cell.task], run, table):
        st.dataframe(table.slice(0, FIRST_ROWS).to_pandas(), hide_index=True)


def draw_provenance(run: RunRow) -> None:
    """Draw command, machine, versions and fingerprints."""
    st.subheader("How it was made", anchor=False)
    st.code(command(run), language="bash", wrap_lines=True)
    made_with = provenance(run)
    st.dataframe(
        pd.DataFrame({"what": map(clean, made_with), "value": map(clean, made_with.values())}), hide_index=True
    )
    with st.expander("Parameters"):
        st.json(run.cell.parameters)
    if run.tuning:
        with st.expander("Tuning: what was chosen, by what, and every trial"):
            st.json(run.tuning)
    with st.expander("Fingerprints of data and reference models"):
        st.json({name: value or "missing" for name, value in run.ingredients.items()})
    packages = (run.environment or {}).get("packages") or {}
    with st.expander(f"Packages ({len(packages)})"):
        st.json(packages)


def main() -> None:
    """Draw the page."""
    st.title("Run", anchor=False)
    prefix = st.text_input("Run id, or the start of one", key="run", bind="query-params", max_chars=64)
    run = find(prefix.strip()) if prefix and prefix.strip() else None
    if run is None:
        return
    cell = run.cell
    condition = f" ({plain(Setting(cell.setting))})" if cell.setting else ""
    OUTCOMES.get(run.state, st.error)(
        f"{plain(run.state)}: {plain(cell.method)} on {plain(cell.task)}{condition}, seed {cell.seed}"
    )
    st.caption(
        f"Run {plain(run.id)} · method version {plain(cell.method_version)} · task version {plain(cell.task_version)}"
    )
    left, right, _ = st.columns([1, 1, 3])
    with left:
        link("method", cell.method, ":material/science:", method=cell.method)
    with right:
        link("task", cell.task, ":material/assignment:", id=cell.task)
    if run.error:
        st.subheader("Error", anchor=False)
        st.code(run.error, language=None, wrap_lines=True)
    if run.traceback:
        with st.expander("Traceback", expanded=run.state != "done"):
            st.code(run.traceback, language=None)
    table = read(run)
    if table is not None:
        draw_samples(run, table)
    if run.scores:
        draw_scores(run)
    draw_provenance(run)


main()
