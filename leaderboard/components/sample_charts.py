"""The histogram and the ROC curve of a run."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from suite.leaderboard.components.chart import draw
from suite.leaderboard.components.escape import clean
from suite.leaderboard.components.samples import REFERENCE, Curve, Scores, histogram, thinned

HEIGHT = 300


def histogram_chart(groups: dict[str, Scores]) -> None:
    """Draw the scores' distribution of two subsets over shared bins."""
    bars = pd.DataFrame(histogram({clean(name): scores for name, scores in groups.items()}))
    chart = (
        alt.Chart(bars)
        .mark_bar(opacity=0.55)
        .encode(
            x=alt.X("from:Q", title="score", scale=alt.Scale(zero=False)),
            x2="to:Q",
            y=alt.Y("share:Q", title="share of the subset", axis=alt.Axis(format="%")),
            y2=alt.datum(0),
            color=alt.Color("subset:N", legend=alt.Legend(orient="top", title=None)),
            tooltip=["subset", *(alt.Tooltip(name, format=".3g") for name in ("from", "to", "share"))],
        )
        .properties(height=HEIGHT)
    )
    medians = "; ".join(f"median of {name}: {pd.Series(scores).median():.3g}" for name, scores in groups.items())
    draw(chart, f"Histogram of the scores of {' and '.join(groups)}. {medians}.")


def roc_chart(curve: Curve, other: str) -> None:
    """Draw an ROC curve; the axes say which share of which subset."""
    shown = thinned(curve)
    points = pd.DataFrame({"other": shown.other, "reference": shown.reference}).reset_index()
    shares: dict[str, Any] = {"axis": alt.Axis(format="%"), "scale": alt.Scale(domain=[0, 1])}
    chart = (
        alt.Chart(points)
        .mark_line()
        .encode(
            x=alt.X("other:Q", title=f"accepted of {clean(other)}", **shares),
            y=alt.Y("reference:Q", title=f"accepted of {REFERENCE}", **shares),
            order="index:Q",
            tooltip=[alt.Tooltip(name, format=".2%") for name in ("other", "reference")],
        )
    )
    chance = alt.Chart(pd.DataFrame({"x": [0, 1], "y": [0, 1]})).mark_line(strokeDash=[4, 4], opacity=0.4)
    layers = alt.layer(chance.encode(x=alt.X("x:Q", **shares), y=alt.Y("y:Q", **shares)), chart)
    draw(layers.properties(height=HEIGHT), f"ROC curve of {REFERENCE} against {other}; area {curve.area:.4f}.")
