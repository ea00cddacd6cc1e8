"""Reading a Parquet table that may come from anybody: exactly these columns, and no more of it than fits into memory.

Texts stay dictionaries, so that a text which a small file repeats a million times is held once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.store.results.layout import UNPACKED
from suite.store.results.refusal import Refused

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def read_columns(path: Path, schema: pa.Schema, most: int, required: tuple[str, ...]) -> Columns:
    """Return the columns of a table of at most so many rows; ``required`` ones have no empty place.

    Raises:
        Refused: it is no such table, or too large.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    try:
        if pq.read_schema(path).remove_metadata() != schema:
            raise Refused(f"{path.name} has other columns")
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            about = file.metadata
            groups = [about.row_group(number) for number in range(about.num_row_groups)]
            if about.num_rows > most or sum(group.total_byte_size for group in groups) > UNPACKED:
                raise Refused(f"{path.name} has more than {most} rows, or is larger than {UNPACKED // 2**20} MiB")
            table = file.read().combine_chunks()
    except (pa.ArrowException, OSError) as error:
        raise Refused(f"{path.name} is damaged, or not a Parquet table") from error
    columns = Columns(path.name, table)
    columns.check(required)
    return columns


class Columns:
    """A table's columns as arrays; of a text column its distinct texts, and the number of each row's."""

    def __init__(self, name: str, table: pa.Table) -> None:
        self.name = name
        self.rows = table.num_rows
        self._table = table

    def check(self, required: tuple[str, ...]) -> None:
        """Raise `Refused` for an empty place in a required column, and for texts that are too long in sum."""
        for name in required:
            if self._table.column(name).null_count:
                raise Refused(f"{self.name}: an empty {name}")
        total = 0
        for field in self._table.schema:
            if str(field.type).startswith("dictionary"):
                texts, numbers = self.texts(field.name)
                sizes = np.array([len(text) for text in texts], dtype=np.int64)
                total += int(sizes[numbers[numbers >= 0]].sum())
        if total > UNPACKED:
            raise Refused(f"{self.name}: its texts are larger than {UNPACKED // 2**20} MiB")

    def texts(self, name: str) -> tuple[list[str], NDArray[np.int64]]:
        """Return the distinct texts of a column, and the number of each row's text [rows]; -1 where there is none."""
        if not self.rows:
            return [], np.zeros(0, dtype=np.int64)
        array = _one(self._table.column(name))
        numbers = _memory(array.indices, np.dtype(np.int32)).astype(np.int64)
        numbers[~_known(array)] = -1
        return array.dictionary.to_pylist(), numbers

    def numbers(self, name: str) -> NDArray[Any]:
        """Return a column of numbers or truths without empty places [rows]."""
        if not self.rows:
            return np.zeros(0)
        array = _one(self._table.column(name))
        if str(array.type) == "bool":
            return _bits(array.buffers()[1], array.offset, len(array))
        return _memory(array, np.dtype(array.type.to_pandas_dtype()))

    def values(self, name: str) -> list[Any]:
        """Return a column as Python objects, None where it is empty; a text is one object however often it stands."""
        if str(self._table.schema.field(name).type).startswith("dictionary"):
            texts, numbers = self.texts(name)
            return [None if number < 0 else texts[number] for number in numbers.tolist()]
        objects: list[Any] = self._table.column(name).to_pylist()
        return objects


def _one(column: pa.ChunkedArray) -> Any:
    """Return a column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _memory(array: pa.Array, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the numbers of an array by its memory; pyarrow's own way would import pandas, which takes longer."""
    return np.frombuffer(array.buffers()[1], dtype, len(array) + array.offset)[array.offset :]


def _known(array: pa.Array) -> NDArray[np.bool_]:
    """Return which places are not empty."""
    bitmap = array.buffers()[0]
    return np.ones(len(array), dtype=bool) if bitmap is None else _bits(bitmap, array.offset, len(array))


def _bits(buffer: pa.Buffer, offset: int, count: int) -> NDArray[np.bool_]:
    packed = np.frombuffer(buffer, np.uint8)
    return np.unpackbits(packed, count=offset + count, bitorder="little")[offset:].astype(bool)
