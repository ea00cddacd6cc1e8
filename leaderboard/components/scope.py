"""Which tables a page over a whole track shows: the track, and the settings of its tasks."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from suite.board.board import Board
from suite.board.model import Entry

from . import address
from .chooser import end_without_results
from .escape import clean
from .standings import is_default

DEFAULT, EVERY = "default", "all"
SETTINGS = {DEFAULT: "the default one of each task", EVERY: "all that have results"}


def choose_track(everything: Board) -> tuple[str, str, list[Entry]]:
    """Draw the choice of track and settings; return the track, its title, and its tables of today's protocols.

    If there is none at all, say what to do and end the page.
    """
    current = [entry for entry in everything.entries if entry.current]
    if not current:
        end_without_results()
    titles = {track.name: track.title for track in everything.index.tracks}
    names = list(dict.fromkeys(entry.track for entry in current))
    left, right = st.columns(2)
    track = address.choose(
        "Track",
        "track",
        names,
        default=_track_of(current),
        shown=lambda name: clean(titles.get(name, name)),
        place=left,
    )
    entries = [entry for entry in current if entry.track == track]
    if all(map(is_default, entries)):
        chosen = address.read_known("settings", "choice of settings", list(SETTINGS), DEFAULT)
    else:
        chosen = address.choose(
            "Settings", "settings", list(SETTINGS), noun="choice of settings", shown=SETTINGS.__getitem__, place=right
        )
    return track, titles.get(track, track), entries if chosen == EVERY else _defaults(entries)


def _track_of(entries: Sequence[Entry]) -> str | None:
    """Return the first track whose tables have all methods that the address names; None if none does, or none is named.

    Methods of a track that is named, or of no track, are told of by the page itself.
    """
    methods = {label for label in address.current().wanted.get("methods", ()) if label}
    labels: dict[str, set[str]] = {}
    for entry in entries:
        labels.setdefault(entry.track, set()).update(result.label for result in entry.results)
    return next((track for track, known in labels.items() if methods and methods <= known), None)


def named(entry: Entry) -> str:
    """Return a table's name where there is little room: the task without its track, and the setting."""
    return " ".join([entry.task.partition("/")[2], *(clean(value) for value in entry.setting.values())])


def _defaults(entries: Sequence[Entry]) -> list[Entry]:
    """Return a table a task: of the default setting, or of the first that there is."""
    by_task: dict[str, list[Entry]] = {}
    for entry in entries:
        by_task.setdefault(entry.task, []).append(entry)
    return [next((entry for entry in of_task if is_default(entry)), of_task[0]) for of_task in by_task.values()]
