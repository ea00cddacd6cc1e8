"""The trade-off of a table in words: its front, a table of its points, and its curves."""

from __future__ import annotations

from suite.board.cost import Cost
from suite.board.model import Table
from suite.board.tradeoff import Point, Tradeoff
from suite.contracts import Column, Metric

from .columns import heading, mean, title, unit
from .links import href
from .prose import draw, fill, join, link
from .table import Cell, Head, Line, Ticks, draw_table
from .theme import status


def draw_front(table: Table, column: Column, cost: Cost, made: Tradeoff) -> None:
    """Name the front."""
    metric = table.metric(column.metric)
    names = [
        fill(
            "<b>{}</b> ({}, {})",
            link(p.row.label, href("method", method=p.row.method)),
            cost.shown(p.cost),
            _reads(metric, p),
        )
        for p in made.front
    ]
    draw(
        '<p class="lead">{} of {} methods are on the front, from the cheapest to the most expensive: {}.</p>',
        len(made.front),
        sum(point.row.standing == "ranked" for point in made.points),
        join(names, ", "),
    )


def draw_points(table: Table, column: Column, cost: Cost, made: Tradeoff) -> None:
    """Draw the table beside the chart: the front first, from the cheapest to the most expensive."""
    metric = table.metric(column.metric)
    heads = [
        Head("Front", about="On the Pareto front: no ranked method is as good and as cheap, and one of both more so."),
        Head("Method", about="Opens its page."),
        Head(heading(metric, column), str(column), metric.definition, True, metric.direction),
        Head(f"{cost.title} ↓", cost.name, "Mean over seeds.", True, "lower"),
        Head("Follows", "status", "What the code follows: the paper, the authors' code, a reconstruction, a baseline."),
    ]
    points = [*made.front, *sorted((p for p in made.points if not p.on_front), key=lambda p: p.cost)]
    lines = [_line(metric, column, cost, point) for point in points]
    lacking = len(table.rows) - len(points)
    said = f" {lacking} rows lack one of the two and are left out." if lacking else ""
    caption = f"{title(column)} against {cost.title}. Shaded: on the front.{said}"
    ticks = Ticks("compare", "Compare the ticked rows", {"track": table.track})
    draw_table(heads, lines, caption, ticks=ticks, fold=False)


def draw_curves(made: Tradeoff, ranks: bool) -> None:
    """Draw what the curves cover, where methods are one."""
    if not made.curves:
        return
    heads = [
        Head("Method"),
        Head("Dial", about="The one parameter in which its rows differ."),
        Head("Values", about="Of the dial, in the order of the dashed line.", number=True),
        Head("Hypervolume", about=VOLUME, number=True, better="higher"),
    ]
    lines = [
        Line(
            [
                Cell(link(curve.name, href("method", method=curve.method))),
                Cell(curve.parameter),
                Cell(", ".join(str(point.row.parameters[curve.parameter]) for point in curve.points)),
                Cell(f"{curve.volume:.3f}", value=curve.volume),
            ]
        )
        for curve in sorted(made.curves, key=lambda curve: -curve.volume)
    ]
    draw("<h2>Methods that are a curve</h2>")
    more = " This task ranks by a hypervolume of its own, which is in its table." if ranks else ""
    draw_table(
        heads, lines, f"Rows of one method that differ in one parameter, drawn as a dashed line.{more}", naming=1
    )


VOLUME = (
    "Share of the box from the most expensive and worst to the cheapest and best ranked method that the curve beats; "
    "1 beats all of it. Costs are taken as the chart shows them."
)


def _line(metric: Metric, column: Column, cost: Cost, point: Point) -> Line:
    row = point.row
    beside = row.unranked or ("" if row.standing == "ranked" else row.standing)
    cells = [
        Cell("on it" if point.on_front else beside),
        Cell(fill("<b>{}</b>", link(row.label, href("method", method=row.method)))),
        mean(metric, row.value(column)),
        Cell(cost.shown(point.cost), value=point.cost),
        Cell(status(row.card.status if row.card else "not installed")),
    ]
    return Line(cells, tick=row.label, kind="tied" if point.on_front else "" if row.standing == "ranked" else "aside")


def _reads(metric: Metric, point: Point) -> str:
    return f"{metric.shown(point.quality):.2f} {unit(metric)}"
