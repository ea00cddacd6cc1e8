"""Tables that come with the package, made from the submissions that do: a fresh install shows them at once.

They are used for a task as long as its stamp is theirs: no run of one's own, the same submissions, plugins and code.
Else the table is made, which takes a second or two. ``submissions/pack.py`` makes them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.board.files import read_index, read_scores, read_table
from suite.board.model import Entry
from suite.board.shelf import Shelf

READY = Path(__file__).with_name("ready")
Ready = Callable[[str, str], list[Entry]]
"""From a task and its stamp to the entries of its tables, whose files are in place then; none if they are not ready."""


def ready_tables(shelf: Shelf, folder: Path = READY) -> Ready:
    """Return what puts ready tables of a task on a shelf."""
    here = Shelf(folder)
    index = read_index(here)

    def put(task: str, stamp: str) -> list[Entry]:
        if index is None or index.built_from.get(task) != stamp:
            return []
        entries = [entry for entry in index.entries if entry.task == task]
        files = [(entry, read_table(here, entry), read_scores(here, entry)) for entry in entries]
        if any(table is None or scores is None for _, table, scores in files):
            return []
        for entry, table, scores in files:
            shelf.write(f"{entry.file}.parquet", scores or b"")
            shelf.write(f"{entry.file}.json", table or b"")
        return entries

    return put
