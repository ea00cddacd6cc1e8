"""One run: its scores, how it was made, what went wrong, and its samples."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from suite.errors import SuiteError
from suite.leaderboard.components import samples
from suite.leaderboard.components.choice import choose
from suite.leaderboard.components.escape import clean, plain
from suite.leaderboard.components.links import link
from suite.leaderboard.components.pictures import draw_pictures
from suite.leaderboard.components.record import command, provenance
from suite.leaderboard.components.sample_charts import histogram_chart, roc_chart
from suite.leaderboard.components.source import settings, show_problem
from suite.run.record import samples_path
from suite.store.reading import Reader
from suite.store.rows import RunRow

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


def draw_samples(task: str, path: Path) -> None:
    """Draw what the per-sample table allows, and what its task makes of it; its first rows if there is neither."""
    st.subheader("Samples", anchor=False)
    if not any([draw_detection(path), draw_pictures(task, path)]):
        st.dataframe(pd.DataFrame(samples.head(path)), hide_index=True)


def draw_detection(path: Path) -> bool:
    """Draw the scores of one subset against those of the reference; return whether the table has such."""
    if not samples.has_scores(path):
        return False
    groups = samples.scores_by_subset(path)
    others = [name for name, scores in groups.items() if name != samples.REFERENCE and scores.size]
    reference = groups.get(samples.REFERENCE)
    if reference is None or not reference.size or not others:
        return False
    other = choose(f"{samples.REFERENCE} against", "against", others)
    curve = samples.roc(reference, groups[other])
    left, right = st.columns(2)
    with left:
        histogram_chart({samples.REFERENCE: reference, other: groups[other]})
        st.caption("Shared bins over the middle 99 % of the scores; the outermost hold everything beyond.")
    with right:
        roc_chart(curve, other)
        st.caption(
            f"Area {curve.area:.6f}, exact over {reference.size} and {groups[other].size} samples; "
            f"the line is drawn through at most {samples.CURVE_POINTS} of its points."
        )
    return True


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
    OUTCOMES.get(run.state, st.error)(
        f"{plain(run.state)}: {plain(cell.method)} on {plain(cell.task)}, seed {cell.seed}"
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
    path = samples_path(settings(), run.samples) if run.samples else None
    if path is not None and path.exists():
        draw_samples(cell.task, path)
    if run.scores:
        draw_scores(run)
    draw_provenance(run)


main()
