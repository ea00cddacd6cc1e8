"""Samples: what a cell leaves behind, from which every score follows, now and later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

from suite.contracts.interval import Interval
from suite.contracts.metric import Column
from suite.contracts.picture import Picture

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

MEASURED = b"basin-suite.measured"
"""The key of a file's metadata under which the numbers of the whole stand."""


@dataclass(frozen=True)
class Value:
    """A number in a column: ``n`` counts what it is from, ``partial`` marks a mean from which something is missing.

    ``interval`` is over the samples. Where it is None, and the column has an influence, the interval follows from that.
    """

    value: float
    n: int
    partial: bool = False
    interval: Interval | None = None


@dataclass(frozen=True)
class Influence:
    """Each sample's influence on a column, by stratum [N]: the column is the sum of the strata's means.

    ``basis`` names the approximation that intervals and comparisons made of it rest on.
    """

    strata: Mapping[str, NDArray[np.float64]]
    basis: str = "normal approximation over samples"


@dataclass(frozen=True)
class Resampled:
    """A column's value on each of R resamples of the samples [R]; ``basis`` names how they are drawn."""

    values: NDArray[np.float64]
    basis: str


@dataclass(frozen=True)
class Samples:
    """What a cell leaves behind: arrays by sample, and numbers of the whole. Every score follows from it.

    As it is, it has ``measured`` alone: numbers by column that follow from no samples, as seconds. A track derives a
    frozen dataclass from it. Fields that are arrays [N] of one length become the columns of the stored table without
    more code, but for those by keyword alone and those that are None; a class of another shape overrides `table` and
    `read`.
    """

    measured: Mapping[Column, Value] = field(default_factory=dict, kw_only=True)

    def table(self) -> pa.Table:
        """Return the arrays as a table. ``measured`` is not in it: the suite stores it beside the columns."""
        import pyarrow as pa

        arrays = {name: getattr(self, name) for name in _arrays(type(self))}
        return pa.table({name: array for name, array in arrays.items() if array is not None})

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the samples of a stored table, also of one that an earlier version of the suite stored.

        A field that came later has a default, as None: a table without its column leaves it at that.
        """
        stored = {name: _array(table[name]) for name in _arrays(cls) if name in table.column_names}
        return cls(**stored, measured=measured_of(table))

    def value(self, column: Column) -> Value | None:
        """Return the value of a column, or None if these samples have none there.

        Unless overridden: what was measured, else the sum of the means of the column's influence.
        """
        if column in self.measured:
            return self.measured[column]
        influence = self.influence(column)
        if influence is None:
            return None
        strata = influence.strata.values()
        return Value(float(sum(part.mean() for part in strata)), sum(len(part) for part in strata))

    def influence(self, column: Column) -> Influence | None:
        """Return each sample's influence on a column, or None where it has none.

        Samples of the same task, setting and seed are in the same order, so that two methods can be compared sample
        by sample.
        """
        return None

    def resampled(self, column: Column) -> Resampled | None:
        """Return a column's value on resamples of the samples, or None.

        The draws depend on the number of samples alone, so that two methods get the same ones.
        """
        return None

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return pictures of one of the task's subsets for the run's page; none for a subset that has none.

        Raising costs the page nothing but the pictures.
        """
        return ()


def stored_table(samples: Samples) -> pa.Table:
    """Return the table that is stored: the samples' own, with what was measured in its metadata."""
    table = samples.table()
    measured = [[c.metric, c.subset, v.value, v.n, v.partial] for c, v in samples.measured.items()]
    metadata = {**(table.schema.metadata or {}), MEASURED: json.dumps(measured, default=_plain).encode()}
    return table.replace_schema_metadata(metadata)


def measured_of(table: pa.Table) -> dict[Column, Value]:
    """Return what was measured of the whole, from the metadata of a stored table; nothing if it has none."""
    stored: list[list[Any]] = json.loads((table.schema.metadata or {}).get(MEASURED, b"[]"))
    return {
        Column(metric=metric, subset=subset): Value(value, n, partial) for metric, subset, value, n, partial in stored
    }


def _plain(number: Any) -> Any:
    """Return a number of NumPy or torch as Python's."""
    return number.item() if hasattr(number, "item") else str(number)


def _arrays(cls: type[Samples]) -> list[str]:
    return [each.name for each in fields(cls) if not each.kw_only]


def _array(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as an array: equal texts are one object, numbers stay where they are in memory.

    pyarrow's own way is taken for the rest: it imports pandas, which takes longer than reading a table.
    """
    import numpy as np
    import pyarrow as pa

    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if not isinstance(array, pa.Array) or array.null_count or not len(array):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    if pa.types.is_string(array.type):
        encoded = array.dictionary_encode()
        texts = np.array(encoded.dictionary.to_pylist(), dtype=object)
        return np.asarray(texts[np.frombuffer(encoded.indices.buffers()[1], np.int32, len(encoded))])
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        dtype = np.dtype(array.type.to_pandas_dtype())
        return np.frombuffer(array.buffers()[1], dtype, array.offset + len(array))[array.offset :]
    return np.asarray(column.to_numpy(zero_copy_only=False))
