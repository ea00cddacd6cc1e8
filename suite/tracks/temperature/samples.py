"""What a cell leaves behind: where every run stood at each checkpoint, beside the exact share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Picture, Samples
from suite.tracks.temperature import metrics
from suite.tracks.temperature.metrics import END, QUARTER, SIXTEENTH

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class AnnealingSamples(Samples):
    """A row for each run [N], in the same order for every method.

    Attributes:
        inside: whether the run's answer was in a global well at each of L checkpoints, 0 or 1 [N, L].
        energy: at the end, above the lowest; ``near``: whether that is less than the task's delta.
        spent: evaluations at each checkpoint [L], in the first row alone, as is
        exact: the exact share at each checkpoint [L], if there is one; and
        beta: the inverse temperature of the steps there [L].
    """

    inside: Sequence[Any]
    energy: NDArray[np.float64]
    near: NDArray[np.bool_]
    spent: Sequence[Any]
    exact: Sequence[Any]
    beta: Sequence[Any]

    def table(self) -> pa.Table:
        """Return the rows, with types for the columns of lists too."""
        import pyarrow as pa

        kinds = {"inside": pa.uint8(), "spent": pa.int64(), "exact": pa.float64(), "beta": pa.float64()}
        columns = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "measured"}
        return pa.table(
            {
                name: pa.array(list(values), type=pa.list_(kinds[name])) if name in kinds else values
                for name, values in columns.items()
            }
        )

    @cached_property
    def trace(self) -> NDArray[np.uint8]:
        """Where each run stood [N, L]."""
        return np.array([np.asarray(row) for row in self.inside], np.uint8)

    @cached_property
    def places(self) -> dict[str, int]:
        """The checkpoint of each subset."""
        return places(np.asarray(self.spent[0]))

    def influence(self, column: Column) -> Influence | None:
        """Return what each run adds to a mean."""
        parts = {metrics.LOW.name: self.near, metrics.ENERGY.name: self.energy}
        if column.metric == metrics.SHARE.name:
            rows: NDArray[Any] = self.trace[:, self.places[column.subset]]
        elif column.subset == END and column.metric in parts:
            rows = parts[column.metric]
        else:
            return None
        return Influence({"runs": np.asarray(rows, np.float64)})

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the share over the budget with the exact line, and the inverse temperature; of the answer alone."""
        from suite.tracks.temperature import pictures

        if subset != END:
            return ()
        spent = self.spent[0]
        return (pictures.share(self.trace, spent, self.exact[0]), pictures.temperatures(self.beta[0], spent))


def places(spent: NDArray[np.int64]) -> dict[str, int]:
    """Return which of the checkpoints [L] is that of each subset."""
    parts = {END: 1, QUARTER: 4, SIXTEENTH: 16}
    return {subset: int(np.searchsorted(spent, spent[-1] / part)) for subset, part in parts.items()}
