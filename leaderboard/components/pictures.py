"""Pictures of a run that its samples make, drawn by a child process; see `suite.board.painting`."""

from __future__ import annotations

import logging
from threading import BoundedSemaphore

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from suite.board.painting import Painting, paint_apart
from suite.contracts import Picture, Samples
from suite.settings import Settings
from suite.store.archive import find_table
from suite.store.rows import RunRow

from . import address
from .box import opened
from .chart import draw_specification
from .prose import draw
from .source import registry, settings

BESIDE = 3
"""How many pictures stand side by side at most."""
FIRST_ROWS = 20
CHILDREN = 2
"""How many pictures are made at a time: each child takes a core, and a few hundred MiB if it needs torch."""

log = logging.getLogger(__name__)


class _Failed(Exception):
    """No pictures; not kept, so that the next visitor tries again."""


def draw_samples(run: RunRow, *, own: bool) -> None:
    """Draw the pictures of a run, and its samples to be opened; say so if their file is gone or damaged.

    ``own`` says whether the run is in the store: whoever publishes one may keep its samples back.
    """
    if run.samples is None:
        return
    try:
        table = find_table(settings(), run.samples)
    except Exception:  # whatever a damaged file makes of it
        log.exception("the samples of run %s cannot be read", run.id)
        _say("The samples of this run cannot be read. The server's log says why.")
        return
    if table is None:
        gone, kept_back = "gone: their file is no longer in the store's folder, or is damaged", "not published"
        _say(f"The samples of this run are {gone if own else kept_back}. The scores stay.")
        return
    draw("<h2>Samples</h2>")
    subset = _draw_pictures(run)
    _draw_rows(table, subset)


def _draw_pictures(run: RunRow) -> str:
    """Draw the pictures of a subset and return which one; empty if there are none."""
    tasks = registry().tasks
    if run.cell.task not in tasks or tasks[run.cell.task].samples.pictures is Samples.pictures:
        return ""
    scored = tuple(dict.fromkeys(score.subset for score in run.scores))
    wanted = address.read("picture")
    try:
        painting = _painted(_key(run), run.cell.task, str(run.samples), scored, wanted, settings())
    except _Failed:
        _say("Its task has pictures of this run, but they failed. The server's log says why.")
        return ""
    if not painting.pictures and not painting.subsets:
        return ""
    subset = address.choose("Pictures of", "picture", painting.subsets, noun="subset")
    _draw(painting.pictures)
    return subset


def _key(run: RunRow) -> str:
    """Return what changes whenever the same samples may be painted otherwise."""
    entry = registry().tasks.entry(run.cell.task)
    return f"{entry.value.version} {entry.plugin.distribution} {entry.plugin.version} {entry.plugin.origin}"


@st.cache_resource
def _turns() -> BoundedSemaphore:
    return BoundedSemaphore(CHILDREN)


@st.cache_data(max_entries=64, show_spinner="Drawing the samples …")
def _painted(key: str, task: str, digest: str, scored: tuple[str, ...], subset: str, _settings: Settings) -> Painting:
    with _turns():
        painting = paint_apart(_settings, task, digest, scored, subset)
    if painting is None:
        raise _Failed
    return painting


def _draw(pictures: tuple[Picture, ...]) -> None:
    if not pictures:
        draw("<p>There are no pictures of this subset.</p>")
        return
    beside = min(BESIDE, len(pictures))
    for first in range(0, len(pictures), BESIDE):
        for place, picture in zip(st.columns(beside), pictures[first : first + BESIDE], strict=False):
            with place:
                draw("<h3>{}</h3>", picture.title)
                draw_specification(picture.spec, picture.description)


def _draw_rows(table: pa.Table, subset: str) -> None:
    """Draw the samples of the subset, or the first ones, to be opened."""
    behind = subset and "subset" in table.column_names and table.filter(pc.equal(table["subset"], subset))
    shown = behind if behind else table.slice(0, FIRST_ROWS)
    title = (
        f"The {len(shown)} samples behind the pictures" if behind else f"The first {len(shown)} of {len(table)} samples"
    )
    if box := opened(title, "samples"):
        box.dataframe(shown.to_pandas(), hide_index=True)


def _say(text: str) -> None:
    draw('<p class="note" role="status">{}</p>', text)
