"""What a cell leaves behind: every problem's answer; stored as one row per problem and representative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from suite.contracts import Column, Picture, Samples, Value
from suite.tracks.basins.answer import Answer

if TYPE_CHECKING:
    import pyarrow as pa

NOT_FOUND = -1
"""Stands for a label where the method failed."""


@dataclass(frozen=True)
class BasinSamples(Samples):
    """The answers to a seed's problems, in the task's order."""

    answers: tuple[Answer, ...]

    def table(self) -> pa.Table:
        """Return one row per problem and representative; what is the problem's is repeated in each of its rows."""
        import pyarrow as pa

        numbers = pa.list_(pa.float64())
        fields = [
            ("subset", pa.string()),
            ("representative", pa.int32()),
            ("start", numbers),
            ("label", pa.int64()),
            ("found", pa.int64()),
            ("exact_risk", numbers),
            ("risk", numbers),
            ("steps", pa.int64()),
            ("seconds", pa.float64()),
            ("arrays", pa.string()),
            ("error", pa.string()),
        ]
        rows = [
            {
                "subset": answer.problem,
                "representative": k,
                "start": answer.starts[k].tolist(),
                "label": int(answer.labels[k]),
                "found": NOT_FOUND if answer.found is None else int(answer.found[k]),
                "exact_risk": answer.exact_risk[k].tolist(),
                "risk": None if answer.risk is None else answer.risk[k].tolist(),
                "steps": answer.steps,
                "seconds": answer.seconds,
                "arrays": answer.arrays,
                "error": answer.error,
            }
            for answer in self.answers
            for k in range(len(answer.labels))
        ]
        return pa.Table.from_pylist(rows, schema=pa.schema(fields))

    @classmethod
    def read(cls, table: pa.Table) -> Self:
        """Return the answers of a stored table."""
        problems: dict[str, list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            problems.setdefault(row["subset"], []).append(row)
        return cls(tuple(map(_answer, problems.values())))

    def value(self, column: Column) -> Value | None:
        """Return a metric of a problem, or its mean over an embedding's problems or over all that have it."""
        members = (each for each in self.answers if column.subset in ("mean", each.group, each.problem))
        values = [each.values[column.metric] for each in members if column.metric in each.values]
        return Value(float(np.mean(values)), len(values)) if values else None

    def pictures(self, subset: str) -> tuple[Picture, ...]:
        """Return the representatives in the potential and the risk between them, for one problem."""
        from suite.tracks.basins.pictures import basin_pictures

        return basin_pictures(self.answers, subset)


def _answer(rows: list[dict[str, Any]]) -> Answer:
    first, columns = rows[0], {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Answer(
        problem=first["subset"],
        starts=columns["start"],
        labels=columns["label"],
        exact_risk=columns["exact_risk"],
        found=None if first["found"] == NOT_FOUND else columns["found"],
        risk=None if first["risk"] is None else columns["risk"],
        **{name: first[name] for name in ("steps", "seconds", "arrays", "error")},
    )
