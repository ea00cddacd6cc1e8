"""Quality against cost: the points of a table, which of them are on the Pareto front, and methods that are a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from suite.board.cost import Cost
from suite.board.model import Row, Table
from suite.contracts import Column
from suite.stats.pareto import front, hypervolume


@dataclass(frozen=True)
class Point:
    """A row with both values; ``on_front`` if no ranked row is as good and as cheap, and one of both more so."""

    row: Row
    cost: float
    quality: float
    on_front: bool


@dataclass(frozen=True)
class Curve:
    """A method with several values of one parameter, its dial: points in the order of the values.

    ``volume`` is the share of the field's box that the curve beats: from the worst to the best of all ranked points in
    quality and in cost, the latter on the scale of `Tradeoff.floor`.
    """

    method: str
    name: str
    parameter: str
    points: tuple[Point, ...]
    volume: float


@dataclass(frozen=True)
class Tradeoff:
    """The points of a table in a column and a cost.

    ``floor`` is where a logarithmic scale puts a cost of zero, below all others; None where the costs differ by less
    than tenfold, and a linear scale will do.
    """

    points: tuple[Point, ...]
    curves: tuple[Curve, ...]
    floor: float | None

    @property
    def front(self) -> list[Point]:
        """The points on the front, from cheap to dear."""
        return sorted((point for point in self.points if point.on_front), key=lambda point: point.cost)


def tradeoff(table: Table, column: Column, cost: Cost) -> Tradeoff:
    """Return the trade-off of a table; only complete ranked rows can be on the front, partial means where all are."""
    higher = table.metric(column.metric).direction == "higher"
    known = [
        (row, spent, value)
        for row in table.rows
        if (spent := cost.of(row)) is not None and (value := row.value(column)) is not None
    ]
    ranked = [(row, spent, value) for row, spent, value in known if row.standing == "ranked" and not row.unranked]
    partial = min((value.partial for _, _, value in ranked), default=False)
    counted = {id(row) for row, _, value in ranked if value.partial == partial}
    numbers = [(spent, value.mean) for row, spent, value in known if id(row) in counted]
    best = iter(front(numbers, (False, higher)))
    points = [Point(row, spent, value.mean, id(row) in counted and bool(next(best))) for row, spent, value in known]
    positive = [point.cost for point in points if point.cost > 0]
    floor = min(positive) / 3 if positive and max(positive) > 10 * min(positive) else None
    return Tradeoff(tuple(points), tuple(_curves(points, counted, higher, floor)), floor)


def _curves(points: Sequence[Point], counted: set[int], higher: bool, floor: float | None) -> list[Curve]:
    by_method: dict[str, list[Point]] = {}
    for point in points:
        by_method.setdefault(point.row.method, []).append(point)
    field = _scaled([point for point in points if id(point.row) in counted], floor)
    curves = []
    for method, of_method in by_method.items():
        if len(of_method) < 3 or (dial := _dial([point.row for point in of_method])) is None:
            continue
        turned = tuple(sorted(of_method, key=lambda point: _order(point.row.parameters[dial])))
        volume = _volume(_scaled(turned, floor), field, higher)
        curves.append(Curve(method, turned[0].row.name, dial, turned, volume))
    return curves


def _dial(rows: Sequence[Row]) -> str | None:
    """Return the one parameter in which rows of a method differ, each having a value of its own."""
    names = {name for row in rows for name in row.parameters}
    varied = [name for name in names if len({repr(row.parameters.get(name)) for row in rows}) > 1]
    if len(varied) != 1 or any(varied[0] not in row.parameters for row in rows):
        return None
    values = {repr(row.parameters[varied[0]]) for row in rows}
    return varied[0] if len(values) == len(rows) else None


def _order(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, int | float)
    return not number, float(value) if number else 0.0, str(value)


def _scaled(points: Sequence[Point], floor: float | None) -> Any:
    costs = np.array([point.cost for point in points])
    return np.column_stack(
        [costs if floor is None else np.log(np.maximum(costs, floor)), [point.quality for point in points]]
    )


def _volume(curve: Any, field: Any, higher: bool) -> float:
    if not len(field):
        return 0.0
    low, high = field.min(axis=0), field.max(axis=0)
    size = float(np.prod(high - low))
    worst = (high[0], low[1] if higher else high[1])
    inside = np.clip(curve, low, high)
    return hypervolume(inside, worst, (False, higher)) / size if size else 0.0
