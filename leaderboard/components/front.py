"""The chart of quality against cost: the front as a line, methods that are a curve as another."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from suite.board.cost import Cost
from suite.board.model import Table
from suite.board.quantity import BYTES
from suite.board.tradeoff import Curve, Point, Tradeoff
from suite.contracts import Column, Metric

from .chart import draw_chart
from .columns import title, unit
from .escape import clean
from .links import href
from .prose import draw
from .theme import ink, scales

HEIGHT = 460
NAMED = 12
"""How many points of the front get a label at most; all are in the table."""
SIZES = {"s": ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (0.0, 1e6, "µs"))}
MEMORY = ((2.0**30, 2.0**-30, "GiB"), (2.0**20, 2.0**-20, "MiB"), (2.0**10, 2.0**-10, "KiB"), (0.0, 1.0, "bytes"))


def front_chart(table: Table, column: Column, cost: Cost, made: Tradeoff) -> None:
    """Draw every row that has both values; a mark leads to its method."""
    metric = table.metric(column.metric)
    factor, shown_unit = scale(cost, max(point.cost for point in made.points))
    floor = None if made.floor is None else made.floor * factor
    points = pd.DataFrame(_row(metric, cost, point, factor, floor) for point in made.points)
    points["beyond"] = _beyond_middle(points["cost"], floor is not None)
    looks = scales(points["status"])
    named = clean(f"{cost.title} ({shown_unit})" if shown_unit else cost.title) + ", less is better"
    kind: Any = "linear" if floor is None else "log"
    axis = alt.Axis() if floor is None else alt.Axis(labelExpr=f"datum.value <= {floor} ? '0' : datum.label")
    x = alt.X("cost:Q", title=named, axis=axis, scale=alt.Scale(type=kind, nice=floor is None, padding=20))
    quality = f"{title(column)} ({unit(metric)}), {metric.direction} is better"
    y = alt.Y("quality:Q", title=quality, scale=alt.Scale(zero=False, nice=True))
    legend = alt.Legend(orient="top", title=None, columns=3)
    colour = alt.Scale(domain=looks["domain"], range=looks["colours"])
    marks = (
        alt.Chart(points)
        .mark_point(filled=True, opacity=1, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=alt.Color("status:N", legend=legend, scale=colour),
            shape=alt.Shape("status:N", legend=legend, scale=alt.Scale(domain=looks["domain"], range=looks["shapes"])),
            size=alt.condition(alt.datum.front, alt.value(140), alt.value(50)),
            opacity=alt.condition(alt.datum.ranked, alt.value(1), alt.value(0.65)),
            tooltip=[
                "method",
                "status",
                alt.Tooltip("reads:N", title=clean(cost.title)),
                alt.Tooltip("quality", format=".2f"),
            ],
            href="address:N",
        )
    )
    line = alt.Chart(points[points["front"]]).encode(x=x, y=y)
    step = line.mark_line(interpolate="step-after", strokeWidth=1.5, color=ink(), opacity=0.7)
    numbered = line.transform_window(number="row_number()", sort=[alt.SortField("cost")])
    shown = numbered.transform_filter(alt.datum.number <= NAMED)
    above, below = (shown.transform_filter(f"datum.number % 2 == {odd}") for odd in (1, 0))  # neighbours do not overlap
    placed: Any = ((above, "bottom", -4), (below, "top", 6))
    names = [  # towards the middle of the chart, so that its edge cuts none
        part.transform_filter(alt.datum.beyond == (side == "right"))
        .mark_text(align=side, baseline=baseline, dx=-8 if side == "right" else 8, dy=dy, limit=150, color=ink())
        .encode(text="method:N")
        for part, baseline, dy in placed
        for side in ("left", "right")
    ]
    layers: list[Any] = [step, *_curves(made, metric, factor, x, y), marks, *names]
    zero = " Costs of zero stand at the left edge." if floor and points["cost"].min() <= floor else ""
    best = ", ".join(f"{point.row.label} ({cost.shown(point.cost)})" for point in made.front[:NAMED])
    if not points["ranked"].all():
        draw('<p class="quiet">Paler marks: references and methods that are not installed; they take no place.</p>')
    draw_chart(
        alt.layer(*layers).properties(height=HEIGHT),
        f"{quality}, against {named}, of {len(points)} methods on {table.task}.{zero} On the front: {best}.",
    )


def _beyond_middle(costs: pd.Series, by_factors: bool) -> pd.Series:
    """Return which costs stand in the right half of an axis that is linear, or by factors."""
    at = pd.Series(np.log(costs) if by_factors else costs)
    return pd.Series(at > (at.min() + at.max()) / 2)


def scale(cost: Cost, most: float) -> tuple[float, str]:
    """Return by what an axis multiplies a cost, and the unit that it then has, which suits the largest value."""
    sizes = MEMORY if cost.unit in BYTES else SIZES.get(cost.unit, ((0.0, 1.0, cost.unit),))
    inside = BYTES.get(cost.unit, 1.0)
    factor, name = next((factor, name) for least, factor, name in sizes if most * inside >= least)
    return factor * inside, name


def _row(metric: Metric, cost: Cost, point: Point, factor: float, floor: float | None) -> dict[str, Any]:
    row = point.row
    return {
        "method": clean(row.label),
        "status": row.card.status if row.card else "not installed",
        "cost": max(point.cost * factor, floor or 0.0),
        "reads": cost.shown(point.cost),
        "quality": metric.shown(point.quality),
        "front": point.on_front,
        "ranked": row.standing == "ranked",
        "address": href("method", method=row.method),
    }


def _curves(made: Tradeoff, metric: Metric, factor: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    def drawn(curve: Curve) -> pd.DataFrame:
        return pd.DataFrame(
            {"cost": max(point.cost, made.floor or 0.0) * factor, "quality": metric.shown(point.quality), "turn": turn}
            for turn, point in enumerate(curve.points)
        )

    dash = alt.Order("turn:Q")
    return [
        alt.Chart(drawn(curve)).mark_line(strokeDash=[5, 4], strokeWidth=1.5, color=ink()).encode(x=x, y=y, order=dash)
        for curve in made.curves
    ]
