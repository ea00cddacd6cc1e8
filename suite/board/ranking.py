"""Which row stands where: among the rows of the same access, and all ranked rows together for those who ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from suite.board.evidence import compared, field_of, packed, unpacked
from suite.board.model import LEVEL, Difference, Place, Row
from suite.board.samples import ReadSamples, predicted_variances
from suite.contracts import Column, Metric
from suite.stats.best import against_the_best
from suite.stats.field import Field
from suite.stats.pairs import Pair, pair
from suite.stats.ranks import marginal_ranks, simultaneous_ranks

NOT_INSTALLED = "its method is not installed, so that its access is not known"


@dataclass(frozen=True)
class Ranking:
    """The rows with places and differences, in the table's order, and what these rest on.

    ``comparison`` says it in words; ``predicted`` is what the samples of the compared rows predict, as in `Table`.
    """

    rows: tuple[Row, ...]
    comparison: str = ""
    predicted: tuple[float | None, ...] | None = None


def ranked(metric: Metric, primary: Column, rows: Sequence[Row], read: ReadSamples) -> Ranking:
    """Rank complete rows among those of the same access, and all of them as ``together``.

    Other complete rows have their difference to the best of these alone. A partial mean is never held against a
    complete one.
    """
    complete = [(row, value) for row in rows if not row.unranked and (value := row.value(primary))]
    partial = min((value.partial for row, value in complete if row.standing == "ranked"), default=False)
    competing = [row for row, value in complete if value.partial == partial and len(row.scored) == len(row.seeds)]
    if not any(row.standing == "ranked" for row in competing):
        return Ranking(_finished(metric, primary, rows))
    runs = [[run.run for run in row.scored] for row in competing]
    # Rounded before it is used, so that the same differences follow from the table alone.
    predicted = unpacked(packed(predicted_variances(runs, primary, read)), len(competing))
    field = field_of(metric, competing, predicted)
    changes = {id(row): change for row, change in zip(competing, _changes(metric, competing, field), strict=True)}
    placed = {id(row): row.model_copy(update=changes.get(id(row), {})) for row in rows}
    finished = _finished(metric, primary, list(placed.values()))
    if predicted is not None:
        number = {placed[id(row)].label: number for number, row in enumerate(competing)}
        order = [number[row.label] for row in compared(finished)]
        predicted = predicted[np.ix_(order, order)]
    return Ranking(finished, field.basis, packed(predicted))


def _finished(metric: Metric, primary: Column, rows: Sequence[Row]) -> tuple[Row, ...]:
    finished = [row.model_copy(update={"unranked": _unranked(primary, row)}) for row in rows]
    return tuple(sorted(finished, key=lambda row: _order(metric, primary, row)))


def _changes(metric: Metric, rows: Sequence[Row], field: Field) -> list[dict[str, Any]]:
    """Return for each row what its place, or its difference without a place, is."""
    changes: list[dict[str, Any]] = [{} for _ in rows]
    by_access: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        if row.standing == "ranked":
            by_access.setdefault(row.access, []).append(number)
    everybody = [number for numbers in by_access.values() for number in numbers]
    for numbers in by_access.values():
        for number, place in zip(numbers, _places(metric, field.take(numbers)), strict=True):
            changes[number] = {"rank": place, "together": place}
    if len(by_access) > 1:
        for number, place in zip(everybody, _places(metric, field.take(everybody)), strict=True):
            changes[number]["together"] = place
    if everybody:
        first = max(everybody, key=lambda number: field.means[number])
        for number in set(range(len(rows))) - set(everybody):
            found = pair(field, number, first, LEVEL)
            changes[number]["aside"] = shown_difference(metric, found, field.basis)
    return changes


def _places(metric: Metric, field: Field) -> list[Place]:
    best = against_the_best(field, LEVEL)
    ranks = marginal_ranks(field, best.tied, LEVEL)
    everywhere = simultaneous_ranks(field, LEVEL)
    sign = -1.0 if metric.direction == "higher" else 1.0
    places = []
    for i in range(len(field.means)):
        low, high = sorted((sign * float(best.low[i]), sign * float(best.high[i])))
        known = math.isfinite(low)
        difference = Difference(
            mean=sign * float(best.behind[i]) + 0.0,
            low=low + 0.0 if known else None,
            high=high + 0.0 if known else None,
            p=float(best.p[i]) if known else None,
            basis=field.basis if known else "",
        )
        places.append(
            Place(
                place=int(ranks.place[i]),
                best=int(ranks.best[i]),
                worst=int(ranks.worst[i]),
                everywhere=(int(everywhere.best[i]), int(everywhere.worst[i])),
                tied=bool(best.tied[i]),
                difference=difference if len(field.means) > 1 else None,
            )
        )
    return places


def shown_difference(metric: Metric, pair: Pair, basis: str) -> Difference:
    """Return a difference of a field, in which larger is better, in the metric's own direction."""
    sign = 1.0 if metric.direction == "higher" else -1.0
    mean = sign * pair.mean + 0.0  # no negative zero
    if not math.isfinite(pair.low):
        return Difference(mean=mean, low=None, high=None, p=None, basis="")
    low, high = sorted((sign * pair.low, sign * pair.high))
    return Difference(mean=mean, low=low + 0.0, high=high + 0.0, p=pair.p, basis=basis)


def _unranked(primary: Column, row: Row) -> str:
    """Return why a row has no place, or an empty string if it has one, or is a reference and takes none."""
    if row.unranked or row.rank:
        return row.unranked
    if len(row.scored) < len(row.seeds):
        return "no score in the primary column" + (" at some seeds" if row.scored else "")
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
