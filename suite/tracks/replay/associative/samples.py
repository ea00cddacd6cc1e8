"""The table of a cell: a row for each memory, change and pattern, and the scores that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Score
from suite.stats.sampled import normal_interval
from suite.tracks.replay.associative.metrics import AFTER, GAIN, INTRINSIC, SCALE

if TYPE_CHECKING:
    import pyarrow as pa

METADATA = b"basin-suite.replay"
MEAN = "mean"
BASIS = "normal approximation over changes of the memory"


@dataclass(frozen=True)
class Recalled:
    """What became of one memory.

    Attributes:
        memory: its name.
        groups: of the patterns [N].
        energy: of each pattern in the memory of all others [N].
        replayed: whether a pattern is replayed [N].
        intrinsic, after: rise of the energy without and with replay [R, N], a row for each change.
    """

    memory: str
    groups: NDArray[np.str_]
    energy: NDArray[np.float64]
    replayed: NDArray[np.bool_]
    intrinsic: NDArray[np.float64]
    after: NDArray[np.float64]

    def columns(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield each subset with the patterns that it has [N]: the memory, then its groups."""
        yield self.memory, np.ones(len(self.groups), dtype=bool)
        for group in dict.fromkeys(self.groups.tolist()):
            yield f"{self.memory}/{group}", self.groups == group

    def of(self, metric: str) -> NDArray[np.float64]:
        """Return a metric's values [R, N], in its unit.

        Raises:
            KeyError: it is none of a change and a pattern.
        """
        parts = {AFTER.name: self.after, INTRINSIC.name: self.intrinsic, GAIN.name: self.intrinsic - self.after}
        return SCALE * parts[metric]


def influence(memories: list[Recalled], column: Column) -> Mapping[str, NDArray[np.float64]] | None:
    """Return the part of each change of the memory [R] in a column, by memory, or None where it has none.

    A change is the unit: patterns of the same change are not independent.
    """
    if column.metric not in (AFTER.name, INTRINSIC.name, GAIN.name):
        return None
    if column.subset == MEAN:
        return {each.memory: each.of(column.metric).mean(axis=1) / len(memories) for each in memories}
    for each in memories:
        for subset, chosen in each.columns():
            if subset == column.subset:
                return {each.memory: each.of(column.metric)[:, chosen].mean(axis=1)}
    return None


def scores(memories: list[Recalled], measured: Mapping[str, tuple[float, int]]) -> tuple[Score, ...]:
    """Return each metric of each memory and group, their mean over memories, and what was measured besides."""
    subsets = [MEAN, *(subset for each in memories for subset, _ in each.columns())]
    found = []
    for subset in subsets:
        for metric in (AFTER, GAIN, INTRINSIC):
            parts = influence(memories, Column(metric=metric.name, subset=subset))
            assert parts is not None
            value = float(sum(part.mean() for part in parts.values()))
            interval = normal_interval(parts, basis=BASIS)
            n = sum(len(part) for part in parts.values())
            found.append(Score(metric=metric.name, subset=subset, value=value, n=n, interval=interval))
    found += [Score(metric=name, subset=MEAN, value=value, n=n) for name, (value, n) in measured.items()]
    return tuple(found)


def to_table(memories: list[Recalled], measured: Mapping[str, tuple[float, int]]) -> pa.Table:
    """Return the table; see the module."""
    import pyarrow as pa

    parts = []
    for each in memories:
        changes, patterns = each.intrinsic.shape
        parts.append(
            pa.table(
                {
                    "subset": [each.memory] * (changes * patterns),
                    "change": np.repeat(np.arange(changes), patterns),
                    "pattern": np.tile(np.arange(patterns), changes),
                    "group": np.tile(each.groups, changes).tolist(),
                    "energy": np.tile(each.energy, changes),
                    "replayed": np.tile(each.replayed, changes),
                    "intrinsic_forgetting": each.intrinsic.ravel(),
                    "energy_rise": each.after.ravel(),
                }
            )
        )
    return pa.concat_tables(parts).replace_schema_metadata({METADATA: json.dumps(dict(measured)).encode()})


def from_table(table: pa.Table) -> tuple[list[Recalled], dict[str, tuple[float, int]]]:
    """Return the memories of a table, and what was measured besides."""
    names = np.asarray(table["subset"].to_pylist())
    memories = []
    for name in dict.fromkeys(names.tolist()):
        own = table.filter(names == name)
        patterns = int(own["pattern"].to_numpy().max()) + 1
        first = own.slice(0, patterns)
        memories.append(
            Recalled(
                memory=name,
                groups=np.asarray(first["group"].to_pylist()),
                energy=first["energy"].to_numpy(),
                replayed=np.asarray(first["replayed"].to_pylist()),
                intrinsic=own["intrinsic_forgetting"].to_numpy().reshape(-1, patterns),
                after=own["energy_rise"].to_numpy().reshape(-1, patterns),
            )
        )
    measured = json.loads((table.schema.metadata or {})[METADATA])
    return memories, {name: (value, n) for name, (value, n) in measured.items()}
