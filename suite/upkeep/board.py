"""Findings on the files of the board."""

from __future__ import annotations

from collections.abc import Iterator

from suite.board.artifact import board_folder
from suite.board.files import INDEX, TROUBLE, holds, read_index
from suite.board.shelf import Shelf
from suite.settings import Settings
from suite.upkeep.finding import Finding, named

PART = "board"
AGAIN = "suite board (it makes them again)"


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what there is to say of the board: all of it can be made again from the store."""
    folder = board_folder(settings)
    shelf = Shelf(folder)
    index = read_index(shelf)
    if index is None:
        if (folder / INDEX).exists():
            yield Finding(
                PART, "worth a look", f"{folder / INDEX} is not what was written, or of another version", AGAIN
            )
        else:
            yield Finding(PART, "fine", "it has not been built yet", "suite board")
        return
    damaged = [f"{entry.task} ({entry.file})" for entry in index.entries if not holds(shelf, entry)]
    if damaged:
        yield Finding(PART, "worth a look", f"files of tables are not what was written: {named(damaged)}", AGAIN)
    if (folder / TROUBLE).exists():
        yield Finding(PART, "worth a look", "the leaderboard could not bring it up to date", "suite board")
    for name, why in index.refused.items():
        yield Finding(PART, "wrong", f"submission {name} is not shown: {why}", f"suite submit check {name}")
    if not damaged:
        yield Finding(PART, "fine", f"{len(index.entries)} tables, built {index.built}; each is what was written")
