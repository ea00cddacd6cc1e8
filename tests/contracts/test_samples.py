"""Samples: a table that an earlier version of the suite stored lacks the columns that came later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Samples
from suite.contracts.samples import stored_table


@dataclass(frozen=True)
class Later(Samples):
    hits: NDArray[np.float64]
    losses: NDArray[np.float64] | None = None

    def influence(self, column: Column) -> Influence | None:
        part = {"accuracy": self.hits, "loss": self.losses}[column.metric]
        return None if part is None else Influence({"test": part})


def test_a_table_without_a_later_column_has_no_value_there() -> None:
    accuracy, loss = (Column(metric=name, subset="test") for name in ("accuracy", "loss"))
    new = Later(np.array([1.0, 0.0]), np.array([0.5, 1.5]))
    old = stored_table(Later(new.hits))
    assert old.column_names == ["hits"]
    for samples, expected in ((Later.read(stored_table(new)), 1.0), (Later.read(old), None)):
        value = samples.value(loss)
        assert (None if value is None else value.value) == expected
        told = samples.value(accuracy)
        assert told is not None
        assert told.value == 0.5
