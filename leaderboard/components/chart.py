"""Charts. Colours come from the theme, so that they follow light and dark; every chart is described in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from suite.board.model import Row, Table

from .escape import clean

ROW_PIXELS = 28
HEIGHT = 300
AXIS_PIXELS = 110
"""Of the legend and the axis: Streamlit fits all of it into the height."""


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
        {
            "method": label,
            "status": row.card.status if row.card else "not installed",
            "mean": metric.shown(value.mean),
            "low": None if value.low is None else metric.shown(value.low),
            "high": None if value.high is None else metric.shown(value.high),
        }
        for label, row, value in shown
    )
    seeds = pd.DataFrame(
        {"method": label, "seed": point.seed, "value": metric.shown(point.value)}
        for label, row, _ in shown
        for point in row.points
    )
    order = list(means["method"])
    title = f"{clean(table.primary)} ({metric.shown_unit}), {metric.direction} is better"
    y = alt.Y("method:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    base = alt.Chart(means).encode(y=y, color=alt.Color("status:N", legend=alt.Legend(orient="top", title=None)))
    tooltip = ["method", "status", *(alt.Tooltip(name, format=".2f") for name in ("mean", "low", "high"))]
    bars = base.mark_rule(strokeWidth=2).encode(x=_quantity("low", title), x2="high:Q", tooltip=tooltip)
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(x=_quantity("mean", title), tooltip=tooltip)
    layers: list[Any] = [bars, dots]
    if not seeds.empty:
        ticks = alt.Chart(seeds).mark_tick(thickness=1, size=10, opacity=0.5)
        layers.insert(0, ticks.encode(y=y, x=_quantity("value", title), tooltip=["method", "seed", "value"]))
    best = ", ".join(f"{label} {metric.shown(value.mean):.2f}" for label, _, value in shown[:3])
    draw(
        alt.layer(*layers).properties(height=ROW_PIXELS * len(order) + AXIS_PIXELS),
        f"{title} of {len(order)} methods on {table.task}, mean over seeds with 95 % interval. First three: {best}.",
    )


def axis_chart(axis: str, placed: Sequence[tuple[Table, Row]]) -> None:
    """Draw the primary metric of rows of several tables of a task, with intervals, by the tables' values on an axis."""
    first = placed[0][0]
    metric = first.metric(first.primary.metric)
    points = pd.DataFrame(
        {
            "at": clean(table.setting[axis]),
            "method": clean(row.label),
            "mean": metric.shown(value.mean),
            "low": None if value.low is None else metric.shown(value.low),
            "high": None if value.high is None else metric.shown(value.high),
        }
        for table, row in placed
        if (value := row.value(table.primary))
    )
    if points.empty:
        return
    title = f"{clean(first.primary)} ({metric.shown_unit}), {metric.direction} is better"
    base = alt.Chart(points).encode(
        x=alt.X("at:O", title=axis, sort=list(dict.fromkeys(points["at"]))),
        color=alt.Color("method:N", legend=alt.Legend(orient="top", title=None)),
        tooltip=["at", "method", *(alt.Tooltip(name, format=".2f") for name in ("mean", "low", "high"))],
    )
    mean = alt.Y("mean:Q", title=title, scale=alt.Scale(zero=False, nice=True))
    layers = (
        base.mark_rule().encode(y=alt.Y("low:Q", title=title), y2="high:Q"),
        base.mark_line(point=True).encode(y=mean),
    )
    draw(alt.layer(*layers).properties(height=HEIGHT), f"{title}, along {axis}, mean over seeds with 95 % interval.")


def _quantity(field: str, title: str) -> alt.X:
    return alt.X(f"{field}:Q", title=title, scale=alt.Scale(zero=False, nice=True))
