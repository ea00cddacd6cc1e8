"""Pictures of a run that its task makes; see `suite.contracts.Task.pictures`."""

from __future__ import annotations

import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import streamlit as st

from suite.contracts import Task
from suite.leaderboard.components.chart import draw_specification
from suite.leaderboard.components.choice import choose
from suite.leaderboard.components.escape import plain
from suite.leaderboard.components.source import registry

BESIDE = 3
"""How many pictures stand side by side at most."""

log = logging.getLogger(__name__)


def draw_pictures(name: str, path: Path) -> bool:
    """Draw what the task of this name makes of a per-sample table; return whether there was anything to draw.

    Not if the task is not registered or makes no pictures, nor if it fails, which is said.
    """
    tasks = registry().tasks
    if name not in tasks or tasks[name].pictures is Task.pictures or "subset" not in pq.read_schema(path).names:
        return False
    samples = pq.read_table(path)
    subsets = [str(each) for each in pc.unique(samples["subset"]).to_pylist()]
    if not subsets:
        return False
    subset = choose("Pictures of", "picture", subsets)
    try:
        _draw(tasks[name](), samples, subset)
    except Exception:  # third-party: whatever it is, the rest of the page goes on
        log.exception("the pictures of %r failed", name)
        st.info(f"{plain(name)} has pictures of this run, but they failed. The server's log says why.")
        return False
    with st.expander("The rows behind the pictures"):
        st.dataframe(samples.filter(pc.equal(samples["subset"], subset)).to_pandas(), hide_index=True)
    return True


def _draw(task: Task, samples: pa.Table, subset: str) -> None:
    pictures = task.pictures(samples, subset)
    beside = min(BESIDE, len(pictures))
    for first in range(0, len(pictures), BESIDE):
        for place, picture in zip(st.columns(beside), pictures[first : first + BESIDE], strict=False):
            with place:
                st.markdown(f"**{plain(picture.title)}**")
                draw_specification(picture.spec, picture.description)
