"""The board: an index that is read at once, and tables that are read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, overload

from suite.board import files
from suite.board.model import Entry, Index, Table, Track
from suite.board.shelf import Shelf
from suite.errors import SuiteError

if TYPE_CHECKING:
    import pyarrow as pa

CACHED = 32
"""How many tables a board keeps once they are read."""
Kind = Literal["json", "csv", "parquet"]


class Board:
    """Everything that the leaderboard shows.

    Attributes:
        index: the tracks, and every table in short.
        tables: every table, read one by one.
    """

    def __init__(self, index: Index, shelf: Shelf) -> None:
        self.index = index
        self._shelf = shelf
        self._read = lru_cache(CACHED)(self._read_table)
        self.tables: Sequence[Table] = _Tables(self)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every table in short."""
        return self.index.entries

    @property
    def in_memory(self) -> bool:
        """Whether some of its files lie in memory alone, as where nobody may write."""
        return self._shelf.in_memory

    def table(self, entry: Entry) -> Table:
        """Return the table of an entry.

        Raises:
            SuiteError: its file is gone or damaged, as while the board is made anew.
        """
        return self._read(entry.file)

    def of_task(self, task: str, setting: Mapping[str, str] | None = None) -> list[Table]:
        """Return the tables of a task, all or those of a setting; by setting, the current protocol first."""
        entries = (entry for entry in self.entries if entry.task == task and setting in (None, entry.setting))
        return [self.table(entry) for entry in entries]

    def along(self, task: str, axis: str, setting: Mapping[str, str]) -> dict[str, Table]:
        """Return the current tables that agree with a setting but for one axis, by their value on that axis."""
        return {
            entry.setting[axis]: self.table(entry)
            for entry in self.entries
            if entry.task == task and entry.current and axis in entry.setting
            if {**setting, axis: entry.setting[axis]} == entry.setting
        }

    def scores(self, entry: Entry) -> pa.Table:
        """Return every score by seed of an entry's table: label, method, seed, run, metric, subset, value.

        Raises:
            SuiteError: as `table`.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pq.read_table(pa.BufferReader(self.file(entry, "parquet")))

    def file(self, entry: Entry, kind: Kind) -> bytes:
        """Return the bytes of a table as JSON or CSV, or of the scores behind it as Parquet.

        Raises:
            SuiteError: as `table`.
        """
        if kind == "csv":
            from suite.board.export import flat_rows, to_csv

            return to_csv(flat_rows(self.table(entry))).encode()
        read = files.read_table if kind == "json" else files.read_scores
        content = read(self._shelf, entry) or read(self._shelf, self._newer(entry.file))
        if content is None:
            raise _renewed(entry)
        return content

    def _read_table(self, file: str) -> Table:
        entry = next(entry for entry in self.entries if entry.file == file)
        return Table.model_validate_json(self.file(entry, "json"))

    def _newer(self, file: str) -> Entry:
        """Return the entry of the newest index: the table may have been made anew since this board was opened."""
        mine = next(entry for entry in self.entries if entry.file == file)
        newest = files.read_index(self._shelf)
        return next((entry for entry in newest.entries if entry.file == file), mine) if newest else mine


class _Tables(Sequence[Table]):
    def __init__(self, board: Board) -> None:
        self._board = board

    def __len__(self) -> int:
        return len(self._board.entries)

    def __iter__(self) -> Iterator[Table]:
        return (self._board.table(entry) for entry in self._board.entries)

    @overload
    def __getitem__(self, number: int) -> Table: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Table]: ...
    def __getitem__(self, number: int | slice) -> Table | Sequence[Table]:
        if isinstance(number, slice):
            return [self._board.table(entry) for entry in self._board.entries[number]]
        return self._board.table(self._board.entries[number])


def board_of(
    tables: Sequence[Table],
    tracks: Sequence[Track] = (),
    *,
    suite: str = "0",
    built: str = "",
    scores: Sequence[pa.Table] | None = None,
    not_installed: Mapping[str, int] | None = None,
) -> Board:
    """Return a board of these tables, in memory; ``scores`` are those behind each, none if not given."""
    import pyarrow as pa

    shelf = Shelf(None)
    behind = scores or [pa.table({}) for _ in tables]
    entries = tuple(files.put_table(shelf, table, of_table) for table, of_table in zip(tables, behind, strict=True))
    index = Index(
        suite=suite,
        built=built,
        stamp="",
        tracks=tuple(tracks),
        built_from={},
        not_installed=dict(not_installed or {}),
        entries=entries,
    )
    return Board(files.put_index(shelf, index), shelf)


def _renewed(entry: Entry) -> SuiteError:
    return SuiteError(f"the table of {entry.task} is being built", place=entry.file, next="suite board")
