"""The board of a store and of what others have published: its files lie beside the store, up to date when read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from suite.board.board import Board
from suite.board.files import INDEX, read_index
from suite.board.refresh import refresh
from suite.board.samples import ReadTable
from suite.board.shelf import Shelf
from suite.board.sources import Source
from suite.registry import Registry
from suite.settings import Settings
from suite.store.published import Published, published
from suite.store.samples import table_reader

if TYPE_CHECKING:
    from suite.store.reading import Reader

PATIENCE = 2.0
"""Seconds for which whoever shows the board waits for a store that somebody holds; runs do not hold it so long."""


def board_folder(settings: Settings) -> Path:
    """Return where the board's files lie."""
    return settings.home / "board"


def load_board(settings: Settings, registry: Registry, folder: Path | None = None) -> Board:
    """Return the board, brought up to date; of a store that cannot be written, too.

    ``folder`` is where its files lie, if not beside the store.

    Raises:
        SuiteError: there is no store and nothing published, or it cannot be read; `Unanswered` if it does not answer in
            time.
    """
    found, refused = published(settings)
    reader = _reader(settings, needed=not found)
    read = table_reader(settings, reader) if reader is not None else _nothing
    shelf = Shelf(folder or board_folder(settings))
    try:
        index = refresh(Source(registry, reader, read, found, refused), shelf)
    finally:
        if reader is not None:
            reader.close()
    _remove_former(settings.home / "board.json")
    return Board(index, shelf)


def _reader(settings: Settings, *, needed: bool) -> Reader | None:
    """Return the store; None if there is none and it is not ``needed``. The library of databases takes 0.3 seconds."""
    if not needed and settings.database is None and not settings.store_file.exists():
        return None
    from suite.store.engine import has_store
    from suite.store.reading import Reader

    return Reader(settings.database_url, PATIENCE) if needed or has_store(settings.database_url) else None


def build_board(reader: Reader, registry: Registry, read: ReadTable) -> Board:
    """Return the board of everything in the store whose task is registered, in memory.

    ``read`` returns a run's stored table.
    """
    shelf = Shelf(None)
    return Board(refresh(Source(registry, reader, read), shelf), shelf)


def published_board(registry: Registry, submissions: Sequence[Published]) -> Board:
    """Return the board of submissions alone, in memory: it asks no store."""
    shelf = Shelf(None)
    return Board(refresh(Source(registry, None, _nothing, submissions), shelf), shelf)


def _nothing(run: str) -> None:
    """Return the samples of a run where there is no store."""


def last_board(folder: Path) -> Board | None:
    """Return the board that lies in a folder, as it was made last; None if there is none. Asks no store.

    It is the same object until the files change, so that its tables are read once.
    """
    try:
        stat = (folder / INDEX).stat()
    except OSError:
        return None
    return _board_at(folder, (stat.st_ino, stat.st_size, stat.st_mtime_ns))


@lru_cache(maxsize=2)
def _board_at(folder: Path, state: tuple[int, int, int]) -> Board | None:
    shelf = Shelf(folder)
    index = read_index(shelf)
    return None if index is None else Board(index, shelf)


def _remove_former(path: Path) -> None:
    """Remove the one large file that held the board up to format 4."""
    with suppress(OSError):
        with path.open(encoding="utf-8", errors="replace") as file:
            ours = re.match(r'\{\s*"format":\s*[1-4],\s*"suite":', file.read(100))
        if ours:
            path.unlink()
