"""Charts. Colours come from the theme, so that they follow light and dark; every chart is described in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from suite.board.model import Row, Table, Value
from suite.contracts import Metric

from .escape import clean

ROW_PIXELS = 28
HEIGHT = 300
AXIS_PIXELS = 110
"""Of the legend and the axis: Streamlit fits all of it into the height."""
SCALE = alt.Scale(zero=False, nice=True)
LEGEND = alt.Legend(orient="top", title=None)
NUMBERS = [alt.Tooltip(name, format=".2f") for name in ("mean", "low", "high")]


def draw(chart: alt.Chart | alt.LayerChart | alt.FacetChart, description: str) -> None:
    """Draw a chart with a description for those who cannot see it (Vega's aria-label)."""
    st.altair_chart(chart.properties(description=clean(description)), width="stretch")


def draw_specification(spec: dict[str, Any], description: str) -> None:
    """Draw a Vega-Lite specification with a description, as `draw` does a chart."""
    st.vega_lite_chart({**spec, "description": clean(description)}, width="stretch")


def interval_chart(table: Table, rows: list[Row]) -> None:
    """Draw the primary metric of each row with its interval and the value of every seed."""
    metric = table.metric(table.primary.metric)
    shown = [(clean(row.label), row, value) for row in rows if (value := row.value(table.primary))]
    if not shown:
        return
    means = pd.DataFrame(
        {"method": label, "status": row.card.status if row.card else "not installed", **_numbers(metric, value)}
        for label, row, value in shown
    )
    seeds = pd.DataFrame(
        {"method": label, "seed": point.seed, "value": metric.shown(point.value)}
        for label, row, _ in shown
        for point in row.points
    )
    order, title = list(means["method"]), _title(table)
    y = alt.Y("method:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    colour = alt.Color("status:N", legend=LEGEND)
    base = alt.Chart(means).encode(y=y, color=colour, tooltip=["method", "status", *NUMBERS])
    bars = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title, scale=SCALE), x2="high:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(x=alt.X("mean:Q", title=title, scale=SCALE))
    layers: list[Any] = [bars, dots]
    if not seeds.empty:
        x = alt.X("value:Q", title=title, scale=SCALE)
        ticks = alt.Chart(seeds).mark_tick(thickness=1, size=10, opacity=0.5)
        layers.insert(0, ticks.encode(y=y, x=x, tooltip=["method", "seed", "value"]))
    best = ", ".join(f"{label} {metric.shown(value.mean):.2f}" for label, _, value in shown[:3])
    draw(
        alt.layer(*layers).properties(height=ROW_PIXELS * len(order) + AXIS_PIXELS),
        f"{title} of {len(order)} methods on {table.task}, mean over seeds with 95 % interval. First three: {best}.",
    )


def axis_chart(axis: str, placed: Sequence[tuple[Table, Row]]) -> None:
    """Draw the primary metric of rows of several tables of a task, with intervals, by the tables' values on an axis."""
    points = pd.DataFrame(
        {
            "at": clean(table.setting[axis]),
            "method": clean(row.label),
            **_numbers(table.metric(table.primary.metric), value),
        }
        for table, row in placed
        if (value := row.value(table.primary))
    )
    if points.empty:
        return
    title = _title(placed[0][0])
    base = alt.Chart(points).encode(
        x=alt.X("at:O", title=axis, sort=list(dict.fromkeys(points["at"]))),
        color=alt.Color("method:N", legend=LEGEND),
        tooltip=["at", "method", *NUMBERS],
    )
    bars = base.mark_rule().encode(y=alt.Y("low:Q", title=title, scale=SCALE), y2="high:Q")
    line = base.mark_line(point=True).encode(y=alt.Y("mean:Q", title=title, scale=SCALE))
    draw(alt.layer(bars, line).properties(height=HEIGHT), f"{title}, by {axis}, mean over seeds with 95 % interval.")


def _numbers(metric: Metric, value: Value) -> dict[str, float | None]:
    numbers = {"mean": value.mean, "low": value.low, "high": value.high}
    return {name: None if number is None else metric.shown(number) for name, number in numbers.items()}


def _title(table: Table) -> str:
    metric = table.metric(table.primary.metric)
    return f"{clean(table.primary)} ({metric.shown_unit}), {metric.direction} is better"
