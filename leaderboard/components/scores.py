"""The scores of a run: a line for each subset, a column for each metric, with intervals over its samples."""

from __future__ import annotations

from suite.board.quantity import digits, quantity
from suite.contracts import Column, Metric
from suite.registry import Registry
from suite.store.rows import RunRow, ScoreRow

from .cells import EMPTY
from .columns import arrow, unit
from .prose import draw
from .table import Cell, Head, Line, draw_columns, draw_table

READABLE = ("s", "bytes")
"""Units whose sizes differ so much that each value has its own."""


def draw_scores(run: RunRow, registry: Registry) -> None:
    """Draw the scores by metric and subset, in the order of the task; those of unknown metrics as they are stored."""
    known = [entry.value for entry in registry.tasks if entry.name == run.cell.task]
    metrics = {metric.name: metric for task in known for metric in task.metrics}
    subsets = [subset for task in known for subset in task.subsets]
    primary = known[0].primary if known else None
    by_place = {(score.metric, score.subset): score for score in run.scores}
    present = dict.fromkeys(score.metric for score in run.scores)
    names = [name for name in metrics if name in present] + [name for name in present if name not in metrics]
    if primary and primary.metric in names:
        names = [primary.metric, *(name for name in names if name != primary.metric)]
    scored = dict.fromkeys(score.subset for score in run.scores)
    places = [subset for subset in subsets if subset in scored] + [s for s in scored if s not in subsets]
    heads = [
        Head("Subset", about="What the score is of."),
        *(_head(name, metrics.get(name), primary) for name in names),
    ]
    lines = [
        Line([Cell(place), *(_cell(by_place.get((name, place)), metrics.get(name)) for name in names)])
        for place in places
    ]
    bases = sorted({f"{100 * i.level:g} %, {i.basis}" for score in run.scores if (i := score.interval)})
    said = f"Below a score is its interval: {'; '.join(bases)}." if bases else "No score has an interval."
    draw("<h2>Scores</h2>")
    draw_table(heads, lines, f"Scores of this run. {said}", naming=1, fold=False, page="scores")
    draw_columns(heads)


def shown(value: float, metric: Metric | None) -> str:
    """Return a value as it is read in a column of its metric."""
    if metric is None:
        return digits(value)
    if metric.unit in READABLE:
        return quantity(value, metric.unit)
    return f"{metric.shown(value):.2f}" if metric.unit == "fraction" else digits(metric.shown(value))


def _head(name: str, metric: Metric | None, primary: Column | None) -> Head:
    if metric is None:
        return Head(
            name, about="Its task does not have this metric any more; the score is as it was stored.", number=True
        )
    said = "" if metric.unit in READABLE else f" {unit(metric)}"
    ranks = f" On {primary.subset} it ranks." if primary and primary.metric == name else ""
    about = f"{metric.definition} {metric.direction.capitalize()} is better; version {metric.version}.{ranks}"
    return Head(f"{name.replace('_', ' ')} {arrow(metric)}{said}", name, about, number=True)


def _cell(score: ScoreRow | None, metric: Metric | None) -> Cell:
    if score is None:
        return Cell(EMPTY)
    small = ""
    if score.interval:
        small = f"{shown(score.interval.low, metric)}–{shown(score.interval.high, metric)}"
    small = ", ".join(part for part in (small, "partial" if score.partial else "") if part)
    return Cell(shown(score.value, metric), small, title=f"n = {score.n}, as stored {score.value!r}")
