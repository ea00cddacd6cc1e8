"""What a cell of an associative memory leaves behind: a row for each memory, change and pattern."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Samples
from suite.tracks.replay.associative.metrics import GAIN, INTRINSIC, MEAN, RISE
from suite.tracks.replay.cost import with_measured

if TYPE_CHECKING:
    import pyarrow as pa

SCALE = 1000
"""Energies are given in thousandths: the patterns have unit length, and theirs is about 0.5."""
BASIS = "normal approximation over changes of the memory"
OLDER = b"basin-suite.replay"
"""Where earlier versions had what was measured: ``metric -> (value, n)``."""


@dataclass(frozen=True)
class AssociativeSamples(Samples):
    """Patterns under changes of their memory, all patterns of a change one after the other [rows].

    Attributes:
        subset: the memory.
        change, pattern: numbers of both in the memory.
        group: of the pattern.
        energy: of the pattern in the memory of all others.
        replayed: whether the pattern is replayed.
        intrinsic_forgetting, energy_rise: rise of the pattern's energy without and with replay.
    """

    subset: NDArray[np.str_]
    change: NDArray[np.int64]
    pattern: NDArray[np.int64]
    group: NDArray[np.str_]
    energy: NDArray[np.float64]
    replayed: NDArray[np.bool_]
    intrinsic_forgetting: NDArray[np.float64]
    energy_rise: NDArray[np.float64]

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the samples of a stored table."""
        older = (table.schema.metadata or {}).get(OLDER)
        return super().read(table if older is None else with_measured(table, json.loads(older), MEAN))

    def influence(self, column: Column) -> Influence | None:
        """Return the part of each change of a memory in a column, by memory.

        A change is the unit: patterns of the same change are not independent.
        """
        if column.metric not in (RISE.name, INTRINSIC.name, GAIN.name):
            return None
        memories = list(dict.fromkeys(self.subset.tolist()))
        if column.subset == MEAN:
            parts = {memory: self._of(column.metric, memory).mean(axis=1) / len(memories) for memory in memories}
            return Influence(parts, BASIS)
        memory, _, group = column.subset.partition("/")
        if memory not in memories:
            return None
        values = self._of(column.metric, memory)
        groups = self.group[self.subset == memory][: values.shape[1]]
        chosen = (groups == group) | (not group)
        return Influence({memory: values[:, chosen].mean(axis=1)}, BASIS) if chosen.any() else None

    def _of(self, metric: str, memory: str) -> NDArray[np.float64]:
        """Return a metric's values for each change and pattern of a memory [changes, patterns], in its unit."""
        intrinsic, rise = self.intrinsic_forgetting, self.energy_rise
        values = {RISE.name: rise, INTRINSIC.name: intrinsic, GAIN.name: intrinsic - rise}[metric]
        rows = self.subset == memory
        return np.asarray(SCALE * values[rows].reshape(self.change[rows][-1] + 1, -1))
