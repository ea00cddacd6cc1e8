"""What a run says, beside the other seeds of its row."""

from __future__ import annotations

import altair as alt
import pandas as pd
from markupsafe import Markup

from suite.board.model import Row, SeedRun, Table
from suite.board.ties import tied
from suite.contracts import Interval, Metric
from suite.store.rows import RunRow

from . import source
from .chart import draw_chart
from .columns import interval, title, unit
from .links import href, table_href
from .prose import draw, fill, link
from .theme import LOOKS, colour


def draw_answer(run: RunRow) -> None:
    """Draw the value by which the run is ranked, the row that it belongs to, and links to the row's other seeds."""
    everything = source.board()
    entry = next((entry for entry in everything.entries if entry.protocol == run.cell.protocol), None)
    table = everything.table(entry) if entry else None
    row = _row(table, run) if table else None
    if table is None or row is None:
        draw(
            '<p class="note" role="status">No row of the board rests on this run: '
            "a later version or attempt stands there.</p>"
        )
        return
    own = next(each for each in row.runs if each.run == run.id)
    draw('<p class="lead">{}</p>', _value(table, run, own))
    draw("<p>{} {}</p>", _of_row(table, row), _seeds(table, row, run))
    if len(row.scored) > 1:
        _draw_seeds(table, row, own)


def _row(table: Table, run: RunRow) -> Row | None:
    return next((row for row in table.rows if any(each.run == run.id for each in row.runs)), None)


def _value(table: Table, run: RunRow, own: SeedRun) -> Markup:
    metric, name = table.metric(table.primary.metric), title(table.primary)
    if own.value is None:
        return fill("This run has no score in {}, which ranks.", name)
    score = next(s for s in run.scores if (s.metric, s.subset) == (table.primary.metric, table.primary.subset))
    between = f", {_between(metric, score.interval)}" if score.interval else ""
    said = f"{metric.shown(own.value):.2f}"
    return fill("{}: <b>{}</b> {}{}.", name, said, unit(metric), between)


def _between(metric: Metric, interval: Interval) -> str:
    low, high = metric.shown(interval.low), metric.shown(interval.high)
    return f"{low:.2f} to {high:.2f} ({100 * interval.level:g} %, {interval.basis})"


def _of_row(table: Table, row: Row) -> Markup:
    metric, value = table.metric(table.primary.metric), row.value(table.primary)
    if value is None:
        return fill("{}", "Its row has no mean yet.")
    place = f", place {row.rank.place}" if row.rank else ""
    best = ", not told apart from the best" if row.rank and row.label in tied(table) else ""
    within = link(f"its row of {table.title}", table_href(table))
    seeds = "one seed" if value.n == 1 else f"{value.n} seeds"
    said = f" is {metric.shown(value.mean):.2f} ({interval(metric, value)}) over {seeds}{place}{best}."
    return fill("The mean of {} {}", within, said)


def _seeds(table: Table, row: Row, run: RunRow) -> Markup:
    metric = table.metric(table.primary.metric)
    links = []
    for each in row.runs:
        said = each.state if each.value is None else f"{metric.shown(each.value):.2f}"
        name = f"seed {each.seed}: {said}"
        links.append(fill("<b>{}</b>", name) if each.run == run.id else link(name, href("run", run=each.run[:16])))
    return fill("Its seeds: {}.", Markup(", ").join(links))


def _draw_seeds(table: Table, row: Row, own: SeedRun) -> None:
    metric, value = table.metric(table.primary.metric), row.value(table.primary)
    assert value is not None
    points = pd.DataFrame(
        {"seed": each.seed, "value": metric.shown(each.value or 0.0), "which": THIS if each.run == own.run else OTHERS}
        for each in row.scored
    )
    x = alt.X("value:Q", title=f"{title(table.primary)} ({unit(metric)})", scale=alt.Scale(zero=False, padding=12))
    colours = [colour(LOOKS[name]) for name in ("reconstruction", "baseline")]
    which = alt.Scale(domain=[THIS, OTHERS], range=colours)
    shapes = alt.Scale(domain=[THIS, OTHERS], range=["triangle-up", "circle"])
    legend = alt.Legend(orient="top", title=None)
    marks = (
        alt.Chart(points)
        .mark_point(filled=True, opacity=1)
        .encode(
            x=x,
            color=alt.Color("which:N", scale=which, legend=legend),
            shape=alt.Shape("which:N", scale=shapes, legend=legend),
            size=alt.condition(alt.datum.which == THIS, alt.value(180), alt.value(90)),
            tooltip=["seed", alt.Tooltip("value", format=".2f")],
        )
    )
    layers: list[alt.Chart] = [marks]
    if value.low is not None and value.high is not None:
        mean = pd.DataFrame([{"low": metric.shown(value.low), "high": metric.shown(value.high)}])
        bar = alt.Chart(mean).mark_bar(height=10, opacity=0.25, color=colours[1])
        layers.insert(0, bar.encode(x=alt.X("low:Q"), x2="high:Q"))
    rank = 1 + sum((each.value or 0.0) > (own.value or 0.0) for each in row.scored) if own.value is not None else None
    said = f"; this run's is number {rank} from the highest" if rank else ""
    draw_chart(
        alt.layer(*layers).properties(height=110),
        f"{title(table.primary)} of the {len(points)} seeds of {row.label}{said}. The bar is the interval of the mean.",
    )


THIS, OTHERS = "this run", "other seeds of the row"
