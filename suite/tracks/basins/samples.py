"""What a cell leaves behind: labels and risks of every problem's representatives, beside the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from suite.contracts import Column, Picture, Samples, Value
from suite.tracks.basins import metrics

if TYPE_CHECKING:
    import pyarrow as pa

NOT_FOUND = -1
"""Stands for a label where the method failed."""


@dataclass(frozen=True)
class BasinSamples(Samples):
    """One entry per problem and representative, problem by problem; K is how many a problem has.

    Attributes:
        subset: the problem's name, ``embedding/system``.
        representative: its number in the problem.
        start: its latent state [d].
        label: the oracle's.
        found: the method's, or `NOT_FOUND` throughout a problem at which it failed, with ``error`` saying why.
        exact_risk: the oracle's, against each of the problem's representatives [K].
        risk: the method's estimate [K], or None.
        steps: integrator steps of the problem, as are ``seconds`` of the method alone.
        arrays: sha256 of the trajectories that the method was given.
    """

    subset: Sequence[str]
    representative: Sequence[int]
    start: Sequence[Sequence[float]]
    label: Sequence[int]
    found: Sequence[int]
    exact_risk: Sequence[Sequence[float]]
    risk: Sequence[Any]
    steps: Sequence[int]
    seconds: Sequence[float]
    arrays: Sequence[str]
    error: Sequence[str]

    @classmethod
    def joined(cls, parts: Iterable[BasinSamples]) -> Self:
        """Return the entries of all parts, in their order."""
        tables = [part.columns for part in parts]
        columns: dict[str, Any] = {name: [row for table in tables for row in table[name]] for name in tables[0]}
        return cls(**columns)

    @cached_property
    def problems(self) -> dict[str, Self]:
        """The entries of each problem, by its name."""
        rows: dict[str, list[int]] = {}
        for row, problem in enumerate(self.subset):
            rows.setdefault(problem, []).append(row)
        return {problem: self._rows(numbers) for problem, numbers in rows.items()}

    @property
    def columns(self) -> dict[str, Sequence[Any]]:
        """The arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "measured"}

    def _rows(self, numbers: Sequence[int]) -> Self:
        columns: dict[str, Any] = {name: [column[k] for k in numbers] for name, column in self.columns.items()}
        return type(self)(**columns)

    @cached_property
    def _values(self) -> dict[str, dict[str, float]]:
        return {problem: _values(entries) for problem, entries in self.problems.items()}

    def table(self) -> pa.Table:
        """Return one row per problem and representative."""
        import pyarrow as pa

        table = super().table()
        # A column without any estimate would have no type.
        risk = table["risk"].cast(pa.list_(pa.float64()))
        return table.set_column(table.column_names.index("risk"), "risk", risk)

    def value(self, column: Column) -> Value | None:
        """Return a metric of a problem, or its mean over an embedding's problems or over all that have it."""
        values = [
            values[column.metric]
            for problem, values in self._values.items()
            if column.subset in ("mean", problem.split("/")[0], problem) and column.metric in values
        ]
        return Value(float(np.mean(values)), len(values)) if values else None

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the representatives in the potential, and the risks between them; nothing but of a single problem."""
        from suite.tracks.basins.pictures import basin_pictures

        if subset not in self.problems:
            return ()
        entries = self.problems[subset]
        predicted = None if entries.found[0] == NOT_FOUND else np.array(entries.found)
        risks = {"Estimated risk": entries.risk, "Exact risk": entries.exact_risk}
        matrices = {title: np.stack(list(rows)) for title, rows in risks.items() if rows[0] is not None}
        return basin_pictures(subset, np.stack(entries.start), np.array(entries.label), predicted, matrices)


def _values(entries: BasinSamples) -> dict[str, float]:
    """Return every metric of one problem by its name; a failure counts as having found nothing."""
    true, found, failed = entries.label, entries.found, entries.found[0] == NOT_FOUND
    values = {
        metrics.ARI.name: 0.0 if failed else metrics.adjusted_rand_index(true, found),
        metrics.COUNT_ERROR.name: len(set(true)) if failed else metrics.count_error(true, found),
        metrics.EXACT.name: 0.0 if failed else float(metrics.is_exact(true, found)),
        metrics.STEPS.name: entries.steps[0],
        metrics.SECONDS.name: entries.seconds[0],
    }
    if entries.risk[0] is not None:
        values[metrics.RISK_ERROR.name] = metrics.risk_error(np.stack(entries.exact_risk), np.stack(entries.risk))
    return values
