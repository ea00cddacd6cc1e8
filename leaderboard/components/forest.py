"""The forest plot: differences to one method, with intervals, a chart for each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from suite.board.model import Difference
from suite.contracts import Column, Metric

from .chart import draw_chart
from .columns import title, unit
from .escape import clean
from .prose import draw
from .theme import SERIES, colour, ink

ROW_PIXELS = 26
AXIS_PIXELS = 80
LEGEND_PIXELS = 45
NEAR, APART = "not told apart", "told apart"


@dataclass(frozen=True)
class Branch:
    """A difference to draw: of which method, in which column, at which place."""

    label: str
    place: str
    column: Column
    metric: Metric
    difference: Difference

    @property
    def apart(self) -> bool:
        """Whether the two are told apart, in this comparison."""
        return self.difference.p is not None and self.difference.p < 0.05


def forests(branches: Sequence[Branch]) -> dict[tuple[str, str], list[Branch]]:
    """Return the branches that may share an axis: of one metric in one unit."""
    groups: dict[tuple[str, str], list[Branch]] = {}
    for branch in branches:
        groups.setdefault((branch.metric.name, branch.metric.unit), []).append(branch)
    return groups


def forest_chart(branches: Sequence[Branch], base: str, looks: Mapping[str, int]) -> None:
    """Draw differences in one metric; ``looks`` numbers the methods, so that each has one colour and shape."""
    metric = branches[0].metric
    data = pd.DataFrame(_row(branch) for branch in branches)
    labels = [label for label in looks if label in set(data["method"])]
    chosen = [SERIES[looks[label] % len(SERIES)] for label in labels]
    several = len(labels) > 1
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=260)
    colours = alt.Scale(domain=labels, range=[colour(look) for look in chosen])
    color = alt.Color("method:N", scale=colours, legend=legend)
    shape = alt.Shape("method:N", scale=alt.Scale(domain=labels, range=[look.shape for look in chosen]), legend=legend)
    named = f"Difference to {clean(base)} in {metric.name.replace('_', ' ')}, {metric.direction} is better"
    draw("<h2>{}</h2>", named)
    places = list(dict.fromkeys(data["place"]))
    y = alt.Y("place:N", sort=places, title=None, axis=alt.Axis(labelLimit=240, ticks=False))
    shift: Any = alt.YOffset("method:N", sort=labels) if several else alt.Undefined
    scale = alt.Scale(nice=True)
    tips: Any = [
        "method",
        "place",
        "column",
        *(alt.Tooltip(n, format="+.2f") for n in ("difference", "low", "high")),
        "reads",
    ]
    rows = alt.Chart(data).encode(y=y, yOffset=shift, tooltip=tips, color=color)
    bars = rows.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=unit(metric), scale=scale), x2="high:Q")
    dots = rows.mark_point(size=80, opacity=1, strokeWidth=2).encode(
        x=alt.X("difference:Q", title=unit(metric), scale=scale),
        shape=shape,
        fill=alt.condition(
            alt.datum.apart, alt.Color("method:N", scale=colours, legend=None), alt.value("transparent")
        ),
    )
    zero = alt.Chart(pd.DataFrame([{"zero": 0.0}])).mark_rule(color=ink(), strokeDash=[3, 3]).encode(x="zero:Q")
    said = "; ".join(
        f"{row['method']} on {row['place']} {row['difference']:+.2f}, {row['reads']}"
        for row in data[:8].to_dict("records")
    )
    height = ROW_PIXELS * len(places) * len(labels) + AXIS_PIXELS + LEGEND_PIXELS
    draw_chart(
        alt.layer(zero, bars, dots).properties(height=height),
        f"{named}, with 95 % intervals. A filled mark is told apart. {said}.",
    )


def _row(branch: Branch) -> dict[str, Any]:
    shown, difference = branch.metric.shown, branch.difference
    return {
        "method": clean(branch.label),
        "place": clean(branch.place),
        "column": title(branch.column),
        "difference": shown(difference.mean),
        "low": None if difference.low is None else shown(difference.low),
        "high": None if difference.high is None else shown(difference.high),
        "apart": branch.apart,
        "reads": APART if branch.apart else NEAR,
    }
