"""Small charts of a method: one for each metric that ranks, so that unlike metrics never share an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from suite.board.model import Row, Table

from .chart import draw_chart
from .columns import title, unit
from .escape import clean
from .prose import draw
from .theme import SERIES, colour

Placed = list[tuple[Table, Row]]
BESIDE = 2
ROW_PIXELS = 30
AXIS_PIXELS = 80


def by_metric(placed: Placed) -> dict[tuple[str, str, str], Placed]:
    """Return the rows by what ranks them: metric, its unit, and the subset."""
    groups: dict[tuple[str, str, str], Placed] = {}
    for table, row in placed:
        metric = table.metric(table.primary.metric)
        groups.setdefault((metric.name, metric.unit, table.primary.subset), []).append((table, row))
    return groups


def draw_panels(placed: Placed) -> None:
    """Draw for each metric the means with intervals and the seeds, by table and variant."""
    groups = [group for group in by_metric(placed).values() if any(row.scored for _, row in group)]
    variants = list(dict.fromkeys(clean(row.label) for _, row in placed))
    for first in range(0, len(groups), BESIDE):
        for place, group in zip(st.columns(min(BESIDE, len(groups))), groups[first : first + BESIDE], strict=False):
            with place:
                _panel(group, variants)


def _panel(group: Placed, variants: Sequence[str]) -> None:
    table = group[0][0]
    metric = table.metric(table.primary.metric)
    named = f"{title(table.primary)}, {metric.direction} is better"
    draw("<h3>{}</h3>", named)
    means, seeds = [], []
    for at, row in group:
        place = {"table": _name(at), "variant": clean(row.label)}
        value = row.value(at.primary)
        if value is not None:
            numbers = {"mean": value.mean, "low": value.low, "high": value.high}
            means.append(place | {name: None if n is None else metric.shown(n) for name, n in numbers.items()})
        seeds += [place | {"seed": run.seed, "value": metric.shown(run.value or 0.0)} for run in row.scored]
    several = len(variants) > 1
    looks = [SERIES[number % len(SERIES)] for number in range(len(variants))]
    colours = [colour(look) for look in looks]
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=260) if several else None
    by_variant = alt.Color("variant:N", scale=alt.Scale(domain=list(variants), range=colours), legend=legend)
    shapes = alt.Scale(domain=list(variants), range=[look.shape for look in looks])
    shift: Any = alt.YOffset("variant:N", sort=list(variants)) if several else alt.Undefined
    names = list(dict.fromkeys(_name(at) for at, _ in group))
    y = alt.Y("table:N", title=None, sort=names, axis=alt.Axis(labelLimit=220))
    scale = alt.Scale(zero=False, nice=True)
    layers: list[Any] = []
    if seeds:
        ticks = alt.Chart(pd.DataFrame(seeds)).mark_tick(thickness=1, size=9, opacity=0.8)
        at_value = alt.X("value:Q", title=unit(metric), scale=scale)
        layers.append(
            ticks.encode(x=at_value, y=y, yOffset=shift, color=by_variant, tooltip=["variant", "seed", "value"])
        )
    if means:
        tooltip: Any = ["table", "variant", *(alt.Tooltip(name, format=".2f") for name in ("mean", "low", "high"))]
        base = alt.Chart(pd.DataFrame(means)).encode(y=y, yOffset=shift, color=by_variant, tooltip=tooltip)
        layers.append(
            base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=unit(metric), scale=scale), x2="high:Q")
        )
        shape = alt.Shape("variant:N", scale=shapes, legend=legend)
        dots = base.mark_point(filled=True, size=90, opacity=1)
        layers.append(dots.encode(x=alt.X("mean:Q", title=unit(metric), scale=scale), shape=shape))
    lines = len(means) if several else len({mean["table"] for mean in means})
    said = "; ".join(f"{mean['table']} {mean['variant']} {mean['mean']:.2f}" for mean in means[:6])
    draw_chart(
        alt.layer(*layers).properties(height=ROW_PIXELS * max(lines, 1) + AXIS_PIXELS),
        f"{named}: means over seeds with 95 % interval, and every seed. {said}.",
    )


def _name(table: Table) -> str:
    setting = f" ({table.condition})" if table.setting else ""
    return clean(f"{table.title}{setting}")
