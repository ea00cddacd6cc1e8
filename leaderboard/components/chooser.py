"""The choice of one table: by task, and by the setting on each of the task's axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import streamlit as st

from suite.board.board import Board
from suite.board.model import Entry

from . import address
from .absent import explain_not_installed
from .escape import clean, plain
from .links import axis_key, href
from .prose import draw

NO_VALUE = "–"
"""Of a table whose setting does not name the axis, as one made before the task had it."""


def choose_tables(everything: Board, entries: Sequence[Entry], place: Any = st) -> list[Entry]:
    """Draw the choice of a task, and below it of a value on each axis; return its tables there: one a protocol.

    The address may name a track instead of a task; then the first task of the track is the default.
    """
    if not entries:
        end_without_results()
    task = _choose_task(everything, entries, place)
    tables = [entry for entry in entries if entry.task == task]
    axes = tables[0].axes
    _read_rest(tables[0])
    for axis, column in zip(axes, st.columns(len(axes)) if axes else (), strict=True):
        values = list(dict.fromkeys(entry.setting.get(axis.name, NO_VALUE) for entry in tables))
        label = clean(axis.name.replace("_", " ").capitalize())
        value = address.choose(label, axis_key(axis.name), values, help=plain(axis.about) or None, place=column)
        tables = [entry for entry in tables if entry.setting.get(axis.name, NO_VALUE) == value]
    return tables


def _choose_task(everything: Board, entries: Sequence[Entry], place: Any) -> str:
    default, wanted = entries[0].task, address.current().wanted
    if "task" in wanted:
        explain_not_installed(wanted["task"][-1], everything.index.not_installed)
    elif "track" in wanted:
        track = address.read_known("track", "track", list(dict.fromkeys(entry.track for entry in entries)))
        default = next(entry.task for entry in entries if entry.track == track)
    tracks = {track.name: track.title for track in everything.index.tracks}
    titles = {entry.task: clean(f"{tracks.get(entry.track, entry.track)}: {entry.title}") for entry in entries}
    return address.choose("Task", "task", list(titles), default=default, shown=titles.__getitem__, place=place)


def _read_rest(table: Entry) -> None:
    """Read what of the address belongs to another task: its track, and axes that this task does not have."""
    address.read_idle("track", f"track of {table.task}", [table.track], table.track)
    keys = {axis_key(axis.name) for axis in table.axes}
    unknown = [name for name in address.current().asked if name.startswith(axis_key("")) and name not in keys]
    if unknown and not address.current().by_choice:
        links = {table.title: href(address.current().page, task=table.task)}
        address.end(f"axis of {table.task}", unknown[0].removeprefix(axis_key("")), links)


def end_without_results() -> NoReturn:
    """Say that there is nothing to choose from, and what to do; end the page."""
    draw("<h1>Nothing to show yet</h1><p>No run of a known task has ended in the store. Type:</p>")
    st.code("suite run", language="bash")
    raise address.Absent
