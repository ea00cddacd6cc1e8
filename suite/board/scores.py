"""The scores behind a table, by seed, as the Arrow table that its Parquet file holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.board.values import Numbers

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def scores_by_seed(numbers: Numbers, labels: Sequence[tuple[str, str]]) -> pa.Table:
    """Return every score of every seed: label, method, seed, run, metric, subset, value.

    ``labels`` are label and method of each row.
    """
    import pyarrow as pa

    row, seed, column = np.nonzero(~np.isnan(numbers.values))
    runs = [run for runs in numbers.rows for run in runs]
    number = np.cumsum([0, *map(len, numbers.rows)])[row] + seed
    return pa.table(
        {
            "label": _named(row, [label for label, _ in labels]),
            "method": _named(row, [method for _, method in labels]),
            "seed": _numbers(np.array([run.seed for run in runs], dtype=np.int64)[number]),
            "run": _named(number, [run.id for run in runs]),
            "metric": _named(column, [name.metric for name in numbers.columns]),
            "subset": _named(column, [name.subset for name in numbers.columns]),
            "value": _numbers(numbers.values[row, seed, column]),
        }
    )


def _numbers(values: NDArray[Any]) -> pa.Array:
    """Return an array of numbers, or of places, by its memory; pyarrow would import pandas to look at the values."""
    import pyarrow as pa

    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def _named(places: NDArray[np.int64], names: Sequence[str]) -> pa.Array:
    """Return an array of texts, each by its place among the names; without pandas, as `_numbers`.

    No name is twice in its dictionary: of one that is, pyarrow 26 writes Parquet with bytes of nobody's after it.
    """
    import pyarrow as pa

    once = {name: number for number, name in enumerate(dict.fromkeys(names))}
    encoded = [name.encode() for name in once]
    offsets = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    texts = pa.StringArray.from_buffers(len(once), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))
    numbers = np.array([once[name] for name in names], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(_numbers(numbers[places]), texts)
