"""The board's file, beside the store: what readers open instead of the raw rows."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pydantic import ValidationError

from suite.board.build import board_stamp, build_board
from suite.board.model import Board
from suite.files import write_text_atomic
from suite.registry import Registry
from suite.settings import Settings
from suite.store.reading import Reader
from suite.store.samples import table_reader


def board_path(settings: Settings) -> Path:
    """Return where the board's file lies."""
    return settings.home / "board.json"


def load_board(settings: Settings, registry: Registry) -> Board:
    """Return the board, built anew if the store has changed since; works on a store that cannot be written.

    Raises:
        SuiteError: there is no store, or it cannot be read.
    """
    reader = Reader(settings.database_url)
    try:
        stored = read_board(board_path(settings))
        if stored is not None and stored.stamp == board_stamp(reader, registry):
            return stored
        board = build_board(reader, registry, table_reader(settings, reader))
    finally:
        reader.close()
    with contextlib.suppress(OSError):  # a reader may look at a store in a place where it cannot write
        write_text_atomic(board_path(settings), board.model_dump_json(indent=1))
    return board


def read_board(path: Path) -> Board | None:
    """Return the board in a file, or None if there is none of this format."""
    try:
        return Board.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
