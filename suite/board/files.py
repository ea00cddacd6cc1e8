"""The files of a board: an index, and of each table its JSON and the scores behind it as Parquet.

Every file is checked when it is read: the index names the sha256 of every file, and its own. What does not fit, as a
damaged file or one of another board, counts as not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from suite.board.entries import make_entry
from suite.board.model import FORMAT, Entry, Index, Table
from suite.board.shelf import Shelf
from suite.hashing import bytes_digest, text_digest

if TYPE_CHECKING:
    import pyarrow as pa

INDEX = "index.json"
TROUBLE = "trouble.json"
"""Why the board is not brought up to date; there only while that is so."""
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,119}")


def put_table(shelf: Shelf, table: Table, scores: pa.Table) -> Entry:
    """Put a table's files in place; return what the index is to say of it."""
    content, behind = table.model_dump_json().encode(), _parquet(scores)
    entry = make_entry(table, bytes_digest(content), bytes_digest(behind))
    shelf.write(f"{entry.file}.parquet", behind)
    shelf.write(f"{entry.file}.json", content)
    return entry


def put_index(shelf: Shelf, index: Index) -> Index:
    """Put the index in place, with its stamp, which it returns; remove the files of tables that are gone."""
    index = index.model_copy(update={"stamp": _stamp(index)})
    shelf.write(INDEX, index.model_dump_json().encode())
    shelf.keep_only(
        {INDEX, TROUBLE, *(f"{entry.file}.{kind}" for entry in index.entries for kind in ("json", "parquet"))}
    )
    return index


def read_index(shelf: Shelf) -> Index | None:
    """Return the index; None if there is none, or it is damaged or of another format."""
    try:
        index = Index.model_validate_json(shelf.read(INDEX) or b"")
    except ValidationError:
        return None
    sound = index.format == FORMAT and all(_NAME.fullmatch(entry.file) for entry in index.entries)
    return index if sound and index.stamp == _stamp(index) else None


def read_table(shelf: Shelf, entry: Entry) -> bytes | None:
    """Return the JSON of an entry's table; None if it is not there, or is not that of the entry."""
    content = shelf.read(f"{entry.file}.json")
    return content if content is not None and bytes_digest(content) == entry.stamp else None


def read_scores(shelf: Shelf, entry: Entry) -> bytes | None:
    """Return the Parquet file of an entry's scores; None if it is not there, or is not that of the entry."""
    content = shelf.read(f"{entry.file}.parquet")
    return content if content is not None and bytes_digest(content) == entry.scores_stamp else None


def holds(shelf: Shelf, entry: Entry) -> bool:
    """Tell whether both files of an entry are there, and are its own."""
    return read_table(shelf, entry) is not None and read_scores(shelf, entry) is not None


def _parquet(scores: pa.Table) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(scores.replace_schema_metadata({"format": str(FORMAT)}), sink, compression="zstd")
    return bytes(sink.getvalue())


def _stamp(index: Index) -> str:
    return text_digest(index.model_dump_json(exclude={"stamp", "built"}))
