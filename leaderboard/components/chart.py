"""Charts. A status has one colour and one shape wherever it is shown; every chart is described in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from suite.board.model import Row, Table, Value
from suite.board.ties import tied
from suite.contracts import Metric

from .columns import TIE, title, unit
from .escape import clean
from .links import href
from .prose import draw, join
from .theme import LOOKS, colour, scales, status

ROW_PIXELS = 26
HEIGHT = 300
AXIS_PIXELS = 60
"""Of the axis: Streamlit fits it into the height."""
MOST = 40
"""How many rows a chart shows at most."""
ELSEWHERE = ("url", "href", "usermeta")
SCALE = alt.Scale(zero=False, nice=True)
LEGEND = alt.Legend(orient="bottom", title=None, columns=2, symbolLimit=20)
NUMBERS = [alt.Tooltip(name, format=".2f") for name in ("mean", "low", "high")]


def draw_chart(chart: alt.Chart | alt.LayerChart | alt.FacetChart, description: str) -> None:
    """Draw a chart with a description for those who cannot see it (Vega's aria-label)."""
    st.altair_chart(chart.properties(description=clean(description)), width="stretch")


def draw_specification(spec: dict[str, Any], description: str) -> None:
    """Draw a plugin's Vega-Lite specification with a description; no visitor's browser fetches what it names."""
    st.vega_lite_chart({**inline(spec), "description": clean(description)}, width="stretch")


def inline(part: Any) -> Any:
    """Return a part of a specification without what leads elsewhere: addresses, and options of the program that draws.

    Data by ``url``, images and links are left out; data that stand in the specification stay.
    """
    if isinstance(part, dict):
        return {name: inline(value) for name, value in part.items() if name not in ELSEWHERE}
    return [inline(value) for value in part] if isinstance(part, list | tuple) else part


def interval_chart(table: Table, rows: Sequence[Row]) -> None:
    """Draw the primary metric of the first rows with its interval and the value of every seed.

    The ground of those that are not told apart from the best is shaded; a mark leads to its method.
    """
    metric = table.metric(table.primary.metric)
    with_value = [(row, value) for row in rows if (value := row.value(table.primary))]
    shown = with_value[:MOST]
    if not shown:
        return
    marked = tied(table)
    means = pd.DataFrame(_mean(metric, row, value, row.label in marked) for row, value in shown)
    seeds = pd.DataFrame(
        {"method": _label(row, row.label in marked), "seed": run.seed, "value": metric.shown(run.value)}
        for row, _ in shown
        for run in row.scored
        if run.value is not None
    )
    named = _title(table)
    y = alt.Y("method:N", sort=list(means["method"]), title=None, axis=alt.Axis(labelLimit=180))
    looks = scales(means["status"])
    colours = alt.Scale(domain=looks["domain"], range=looks["colours"])
    shapes = alt.Scale(domain=looks["domain"], range=looks["shapes"])
    base = alt.Chart(means).encode(
        y=y,
        color=alt.Color("status:N", legend=None, scale=colours),
        tooltip=["method", "status", *NUMBERS],
        href="address:N",
    )
    bars = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=named, scale=SCALE), x2="high:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("mean:Q", title=named, scale=SCALE), shape=alt.Shape("status:N", legend=None, scale=shapes)
    )
    neutral = colour(LOOKS["baseline"])
    layers: list[Any] = [bars, dots]
    if not seeds.empty:
        ticks = alt.Chart(seeds).mark_tick(thickness=1, size=10, opacity=0.75, color=neutral)
        x = alt.X("value:Q", title=named, scale=SCALE)
        layers.insert(0, ticks.encode(y=y, x=x, tooltip=["method", "seed", "value"]))
    if means["tied"].any():
        band = alt.Chart(means[means["tied"]]).mark_bar(opacity=0.14, color=neutral).encode(y=y)
        layers.insert(0, band)
    legend = "Lines: 95 % intervals; thin marks: seeds;"
    draw(
        '<p class="quiet">{}. {} {} and a shade: not told apart from the best.</p>',
        join(map(status, looks["domain"]), " "),
        legend,
        TIE,
    )
    best = ", ".join(f"{row.label} {metric.shown(value.mean):.2f}" for row, value in shown[:3])
    count = f"{len(shown)} of {len(with_value)}" if len(shown) < len(with_value) else str(len(shown))
    draw_chart(
        alt.layer(*layers).properties(height=ROW_PIXELS * len(shown) + AXIS_PIXELS),
        f"{named} of {count} methods on {table.task}, mean over seeds with 95 % interval. First three: {best}. "
        f"{TIE} and a shaded ground: not told apart from the best.",
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
    named = _title(placed[0][0])
    base = alt.Chart(points).encode(
        x=alt.X("at:O", title=axis, sort=list(dict.fromkeys(points["at"]))),
        color=alt.Color("method:N", legend=LEGEND),
        shape=alt.Shape("method:N", legend=LEGEND),
        tooltip=["at", "method", *NUMBERS],
    )
    bars = base.mark_rule().encode(y=alt.Y("low:Q", title=named, scale=SCALE), y2="high:Q")
    line = base.mark_line(point=True).encode(y=alt.Y("mean:Q", title=named, scale=SCALE))
    draw_chart(
        alt.layer(bars, line).properties(height=HEIGHT), f"{named}, by {axis}, mean over seeds with 95 % interval."
    )


def _mean(metric: Metric, row: Row, value: Value, marked: bool) -> dict[str, Any]:
    return {
        "method": _label(row, marked),
        "status": row.card.status if row.card else "not installed",
        "tied": row.rank is not None and marked,
        "address": href("method", method=row.method),
        **_numbers(metric, value),
    }


def _label(row: Row, marked: bool) -> str:
    return f"{TIE} {clean(row.label)}" if row.rank and marked else clean(row.label)


def _numbers(metric: Metric, value: Value) -> dict[str, float | None]:
    numbers = {"mean": value.mean, "low": value.low, "high": value.high}
    return {name: None if number is None else metric.shown(number) for name, number in numbers.items()}


def _title(table: Table) -> str:
    metric = table.metric(table.primary.metric)
    return f"{title(table.primary)} ({unit(metric)}), {metric.direction} is better"
