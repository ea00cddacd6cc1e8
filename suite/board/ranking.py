"""Which row stands where: among the rows of the same access, and all ranked rows together for those who ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from suite.board.model import Difference, Place, Row
from suite.board.samples import ReadSamples, predicted_variances
from suite.contracts import Column, Metric
from suite.stats.best import against_the_best
from suite.stats.field import Field, paired_field
from suite.stats.ranks import marginal_ranks, pair_probabilities, simultaneous_ranks

LEVEL = 0.95
NOT_INSTALLED = "its method is not installed, so that its access is not known"


def ranked(metric: Metric, primary: Column, rows: Sequence[Row], read: ReadSamples) -> tuple[str, tuple[Row, ...]]:
    """Return what the comparison of the rows rests on, and the rows with places and differences, in the table's order.

    Complete rows are ranked among those of the same access, and all of them as ``together``; other complete rows have
    their difference to the best of these alone. A partial mean is never held against a complete one.
    """
    complete = [(row, value) for row in rows if not row.unranked and (value := row.value(primary))]
    partial = min((value.partial for row, value in complete if row.standing == "ranked"), default=False)
    competing = [row for row, value in complete if value.partial == partial]
    changes: dict[int, dict[str, Any]] = {}
    basis = ""
    if competing:
        field = field_of(metric, primary, competing, read)
        basis = field.basis
        changes = {id(row): change for row, change in zip(competing, _changes(metric, competing, field), strict=True)}
    placed = [row.model_copy(update=changes.get(id(row), {})) for row in rows]
    finished = [row.model_copy(update={"unranked": _unranked(primary, row)}) for row in placed]
    return basis, tuple(sorted(finished, key=lambda row: _order(metric, primary, row)))


def field_of(metric: Metric, primary: Column, rows: Sequence[Row], read: ReadSamples) -> Field:
    """Return the paired estimates of complete rows in the primary column, turned so that larger is better."""
    seeds = sorted(set.intersection(*({run.seed for run in row.scored} for row in rows)))
    by_seed = [{run.seed: run for run in row.scored} for row in rows]
    sign = 1.0 if metric.direction == "higher" else -1.0
    values = sign * np.array([[runs[seed].value for seed in seeds] for runs in by_seed], dtype=np.float64)
    predicted = predicted_variances([[runs[seed].run for seed in seeds] for runs in by_seed], primary, read)
    return paired_field(values, predicted, [number for number, row in enumerate(rows) if row.standing == "ranked"])


def _changes(metric: Metric, rows: Sequence[Row], field: Field) -> list[dict[str, Any]]:
    """Return for each row what its place, or its difference without a place, is."""
    changes: list[dict[str, Any]] = [{} for _ in rows]
    by_access: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        if row.standing == "ranked":
            by_access.setdefault(row.access, []).append(number)
    everybody = [number for numbers in by_access.values() for number in numbers]
    for name, groups in (("rank", by_access.values()), ("together", [everybody] if everybody else [])):
        for numbers in groups:
            for number, place in zip(numbers, _places(metric, field.take(numbers)), strict=True):
                changes[number][name] = place
    if everybody:
        first = max(everybody, key=lambda number: field.means[number])
        for number in set(range(len(rows))) - set(everybody):
            changes[number]["aside"] = pair(metric, field, number, first)
    return changes


def _places(metric: Metric, field: Field) -> list[Place]:
    best, ranks, everywhere = (
        against_the_best(field, LEVEL),
        marginal_ranks(field, LEVEL),
        simultaneous_ranks(field, LEVEL),
    )
    sign = -1.0 if metric.direction == "higher" else 1.0
    basis = field.basis
    places = []
    for i in range(len(field.means)):
        known = math.isfinite(best.low[i]) and len(field.means) > 1
        ends = sorted((sign * float(best.low[i]), sign * float(best.high[i]))) if known else (None, None)
        places.append(
            Place(
                place=int(ranks.place[i]),
                best=int(ranks.best[i]),
                worst=int(ranks.worst[i]),
                everywhere=(int(everywhere.best[i]), int(everywhere.worst[i])),
                tied=bool(best.tied[i]),
                difference=None
                if len(field.means) == 1
                else Difference(
                    mean=sign * float(best.behind[i]) + 0.0,
                    low=ends[0],
                    high=ends[1],
                    p=float(best.p[i]) if known else None,
                    basis=basis if known else "",
                ),
            )
        )
    return places


def pair(metric: Metric, field: Field, a: int, b: int) -> Difference:
    """Return the difference of row a to row b of a field, compared with each other alone."""
    from scipy.special import stdtrit

    sign = 1.0 if metric.direction == "higher" else -1.0
    mean, variance = sign * float(field.differences[a, b]), float(field.variances[a, b])
    if not math.isfinite(variance):
        return Difference(mean=mean, low=None, high=None, p=None, basis="")
    half = float(stdtrit(min(field.freedom, 1e5), 0.5 + LEVEL / 2)) * variance**0.5
    p = float(pair_probabilities(field)[a, b])
    return Difference(mean=mean, low=mean - half, high=mean + half, p=p, basis=field.basis)


def _unranked(primary: Column, row: Row) -> str:
    """Return why a row has no place, or an empty string if it has one, or is a reference and takes none."""
    if row.unranked or row.rank:
        return row.unranked
    if row.value(primary) is None:
        return "no score in the primary column"
    reasons = {"ranked": "partial mean beside complete ones", "not installed": NOT_INSTALLED, "reference": ""}
    return reasons[row.standing]


def _order(metric: Metric, primary: Column, row: Row) -> tuple[int, Any, str]:
    """Ranked rows by access, those without privileges first; then references, best first; then the others."""
    if row.rank:
        return 0, (len(row.access), row.access, row.rank.place), row.label
    value = row.value(primary)
    if row.unranked or value is None:
        return 2, 0, row.label
    return 1, -value.mean if metric.direction == "higher" else value.mean, row.label
