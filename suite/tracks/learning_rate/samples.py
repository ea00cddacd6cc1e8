"""What a cell leaves behind: which test samples each run of the grid has right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Influence, Picture, Samples, Value
from suite.measures.probabilities import BRIER, CALIBRATION, LOG, calibration, finite
from suite.tracks.learning_rate.metrics import ACCURACY, CHOSEN, GRID, SENSITIVITY

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class TrainingSamples(Samples):
    """A row for each test sample [M], in the same order for every method.

    Attributes:
        right: the share of the starts of each rate whose runs have it right [M, R].
        rates: the grid [R]; ``validation``: the mean accuracy of each rate on validation data [R]; ``regime``: the one
            that each rate is in [R]. Of these three the first row alone has a value.
        chance: the accuracy of guessing [M], everywhere the same.
        confidence, correct: of the runs at the chosen rate, by start: the largest probability [M, starts], and whether
            it is right; ``log_score``, ``brier_score`` of their probabilities, the mean over the starts [M]. None where
            there are no probabilities, and in tables that earlier versions of the suite stored.
    """

    right: Sequence[Any]
    rates: Sequence[Any]
    validation: Sequence[Any]
    regime: Sequence[Any]
    chance: NDArray[np.float64]
    confidence: Sequence[Any] | None = None
    correct: Sequence[Any] | None = None
    log_score: NDArray[np.float64] | None = None
    brier_score: NDArray[np.float64] | None = None

    def table(self) -> pa.Table:
        """Return the rows, with types for the columns of lists too."""
        import pyarrow as pa

        kinds = {
            **dict.fromkeys(("right", "rates", "validation", "confidence"), pa.float64()),
            "regime": pa.string(),
            "correct": pa.bool_(),
        }
        columns = {
            name: pa.array(list(values), type=pa.list_(kinds[name])) if name in kinds else values
            for name in (field.name for field in fields(self) if not field.kw_only)
            if (values := getattr(self, name)) is not None
        }
        return pa.table(columns)

    @cached_property
    def trace(self) -> NDArray[np.float64]:
        """Which share of each rate's runs has a sample right [M, R]."""
        return np.array([np.asarray(row) for row in self.right], np.float64)

    @property
    def chosen(self) -> int:
        """The place of the rate that validation data choose."""
        return int(np.argmax(np.asarray(self.validation[0], np.float64)))

    def value(self, column: Column) -> Value | None:
        """Return a value: the calibration error here, the mean over starts, the others as `Samples` has them."""
        if self.confidence is None or self.correct is None or column != Column(metric=CALIBRATION, subset=CHOSEN):
            return super().value(column)
        confidence, correct = (np.array([np.asarray(row) for row in rows]) for rows in (self.confidence, self.correct))
        return calibration(list(zip(confidence.T, correct.T, strict=True)))

    def influence(self, column: Column) -> Influence | None:
        """Return what each sample adds to a mean."""
        if column.subset == CHOSEN and column.metric in (LOG, BRIER):
            scores = finite(self.log_score if column.metric == LOG else self.brier_score)
            return None if scores is None else Influence({"samples": scores})
        if column.metric == ACCURACY.name:
            rows = self.trace[:, self.chosen] if column.subset == CHOSEN else self.trace.mean(axis=1)
        elif column.metric == SENSITIVITY.name and column.subset == GRID:
            means = self.trace.mean(axis=0)
            rows = self.trace[:, [means.argmax()]] - np.where(means > self.chance[0], self.trace, self.chance[0])
            rows = rows.mean(axis=1)
        else:
            return None
        return Influence({"samples": np.asarray(rows, np.float64)})

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the accuracy over the grid, with its regimes."""
        from suite.tracks.learning_rate import pictures

        if subset != GRID:
            return ()
        return (pictures.accuracies(self.trace.mean(axis=0), self.rates[0], self.regime[0], self.chosen),)
