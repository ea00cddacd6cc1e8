"""The per-sample table of a cell, one row per problem and representative, and the scores that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Score
from suite.tracks.basins.metrics import (
    ARI,
    COUNT_ERROR,
    EXACT,
    METRICS,
    RISK_ERROR,
    SECONDS,
    STEPS,
    adjusted_rand_index,
    count_error,
    is_exact,
    risk_error,
)

if TYPE_CHECKING:
    import pyarrow as pa

NOT_FOUND = -1
"""Stands for a label where the method failed."""


@dataclass(frozen=True)
class Answer:
    """What a method said of one problem, beside the truth.

    Attributes:
        problem: its name, ``embedding/system``.
        starts: latent states of the representatives [K, d].
        labels: the oracle's [K].
        exact_risk: the oracle's [K, K].
        found: the method's labels [K], or None if it failed, with ``error`` saying why.
        risk: the method's estimate [K, K], or None.
        steps: integrator steps; ``seconds``: of the method alone.
        arrays: sha256 of the trajectories that the method was given.
    """

    problem: str
    starts: NDArray[np.float64]
    labels: NDArray[np.int64]
    exact_risk: NDArray[np.float64]
    found: NDArray[np.int64] | None
    risk: NDArray[np.float64] | None
    steps: int
    seconds: float
    arrays: str
    error: str = ""

    @property
    def values(self) -> dict[str, float]:
        """Every metric of this problem by name; a failure counts as having found nothing."""
        basins = len(np.unique(self.labels))
        found = {
            ARI.name: 0.0 if self.found is None else adjusted_rand_index(self.labels, self.found),
            COUNT_ERROR.name: basins if self.found is None else count_error(self.labels, self.found),
            EXACT.name: 0.0 if self.found is None else float(is_exact(self.labels, self.found)),
            STEPS.name: self.steps,
            SECONDS.name: self.seconds,
        }
        return found if self.risk is None else {**found, RISK_ERROR.name: risk_error(self.exact_risk, self.risk)}


def scores(answers: Sequence[Answer]) -> tuple[Score, ...]:
    """Return each metric of each problem, and its means over an embedding's problems and over all."""
    groups: dict[str, list[Answer]] = {"mean": list(answers)}
    for answer in answers:
        groups.setdefault(answer.problem.split("/")[0], []).append(answer)
        groups[answer.problem] = [answer]
    found = []
    for subset, members in groups.items():
        values = [member.values for member in members]
        for metric in METRICS:
            present = [each[metric.name] for each in values if metric.name in each]
            if present:
                mean = float(np.mean(present))
                found.append(Score(metric=metric.name, subset=subset, value=mean, n=len(present)))
    return tuple(found)


def to_table(answers: Iterable[Answer]) -> pa.Table:
    """Return the table; see the module."""
    import pyarrow as pa

    rows = []
    for answer in answers:
        for number in range(len(answer.labels)):
            rows.append(
                {
                    "subset": answer.problem,
                    "representative": number,
                    "start": answer.starts[number].tolist(),
                    "label": int(answer.labels[number]),
                    "found": NOT_FOUND if answer.found is None else int(answer.found[number]),
                    "exact_risk": answer.exact_risk[number].tolist(),
                    "risk": None if answer.risk is None else answer.risk[number].tolist(),
                    "steps": answer.steps,
                    "seconds": answer.seconds,
                    "arrays": answer.arrays,
                    "error": answer.error,
                }
            )
    numbers = pa.list_(pa.float64())
    fields: dict[str, Any] = {
        "subset": pa.string(),
        "representative": pa.int32(),
        "start": numbers,
        "label": pa.int64(),
        "found": pa.int64(),
        "exact_risk": numbers,
        "risk": numbers,
        "steps": pa.int64(),
        "seconds": pa.float64(),
        "arrays": pa.string(),
        "error": pa.string(),
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(list(fields.items())))


def from_table(table: pa.Table) -> list[Answer]:
    """Return the answers of a table."""
    by_problem: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        by_problem.setdefault(row["subset"], []).append(row)
    answers = []
    for problem, rows in by_problem.items():
        first = rows[0]
        failed = first["found"] == NOT_FOUND
        answers.append(
            Answer(
                problem=problem,
                starts=np.array([row["start"] for row in rows]),
                labels=np.array([row["label"] for row in rows]),
                exact_risk=np.array([row["exact_risk"] for row in rows]),
                found=None if failed else np.array([row["found"] for row in rows]),
                risk=None if first["risk"] is None else np.array([row["risk"] for row in rows]),
                steps=first["steps"],
                seconds=first["seconds"],
                arrays=first["arrays"],
                error=first["error"],
            )
        )
    return answers
