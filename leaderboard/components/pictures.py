"""Pictures of a run that its samples make; see `suite.contracts.Samples.pictures`."""

from __future__ import annotations

import logging

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from suite.contracts import Picture, Samples, Task
from suite.store.rows import RunRow

from .chart import draw_specification
from .choice import choose
from .escape import plain

BESIDE = 3
"""How many pictures stand side by side at most."""

log = logging.getLogger(__name__)


def draw_pictures(task: type[Task], run: RunRow, table: pa.Table) -> bool:
    """Draw the pictures of a subset of the run's samples; return whether there was anything to draw.

    Subsets are those of the scores, in the task's order, and what else the stored table names. If the samples fail, the
    page says so.
    """
    if task.samples.pictures is Samples.pictures:
        return False
    scored = {score.subset for score in run.scores}
    stored = pc.unique(table["subset"]).to_pylist() if "subset" in table.column_names else []
    subsets = list(dict.fromkeys([*(name for name in task.subsets if name in scored), *map(str, stored)]))
    try:
        samples = task.samples.read(table)
        first = next((number for number, subset in enumerate(subsets) if samples.pictures(subset)), None)
        if first is None:
            return False
        subset = choose("Pictures of", "picture", subsets[first:])
        _draw(samples.pictures(subset))
    except Exception:  # third-party: whatever it is, the rest of the page goes on
        log.exception("the pictures of run %s failed", run.id)
        st.info(f"{plain(run.cell.task)} has pictures of this run, but they failed. The server's log says why.")
        return False
    if subset in stored:
        with st.expander("The rows behind the pictures"):
            st.dataframe(table.filter(pc.equal(table["subset"], subset)).to_pandas(), hide_index=True)
    return True


def _draw(pictures: tuple[Picture, ...]) -> None:
    if not pictures:
        st.caption("There are no pictures of this subset.")
        return
    beside = min(BESIDE, len(pictures))
    for first in range(0, len(pictures), BESIDE):
        for place, picture in zip(st.columns(beside), pictures[first : first + BESIDE], strict=False):
            with place:
                st.markdown(f"**{plain(picture.title)}**")
                draw_specification(picture.spec, picture.description)
