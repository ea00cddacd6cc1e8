"""The page of a task: its protocol, metrics and data, and its tables; and the lines of tasks that lists show."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from suite.board import citation
from suite.board.model import Entry, Table
from suite.contracts import Metric
from suite.export import numbers
from suite.export.addresses import table_page, task_page
from suite.export.grid import Cell, Grid, Heading, Line
from suite.export.table import arrow

_ANSWER = (
    Heading("leader", "The first place by mean.", text=True),
    Heading(
        "not told apart from the best", "How many methods, of those that are ranked with it (95 % confidence set)."
    ),
    Heading("ranked by", text=True),
    Heading("methods", "Those with results, references among them."),
    Heading("coverage", "Cells that are done, of those that the task asks for."),
    Heading("last run", text=True),
)


def task_content(table: Table, entries: Sequence[Entry], suite: str) -> Mapping[str, Any]:
    """Return what the page of a task says; ``table`` is its first one, ``entries`` are those that the page lists."""
    return {
        "table": table,
        "command": f"suite run {shlex.join(table.arguments)}",
        "metrics": [
            (metric.name, f"{metric.definition} ({metric.shown_unit}, {metric.direction} is better, {_bounds(metric)})")
            for metric in table.metrics
        ],
        "axes": [
            (axis.name, f"{axis.values[0]} (default), {', '.join(axis.values[1:])}. {axis.about}")
            for axis in table.axes
        ],
        "data": [(name, value or "missing") for name, value in table.ingredients.items()],
        "facts": list(table.facts.items()),
        "citation": citation.task(table.task, table.title, table.version, suite),
        "grid": tables_grid(table.title, entries),
    }


def _bounds(metric: Metric) -> str:
    """Return between which values a metric lies, in the unit in which it is shown."""
    low, high = ("no bound" if bound is None else f"{metric.shown(bound):g}" for bound in metric.bounds)
    return f"{low} to {high}"


def tables_grid(title: str, entries: Sequence[Entry]) -> Grid:
    """Return a line for each table of a task."""
    lines = [
        Line((Cell(named(entry), table_page(entry.file)), Cell(entry.protocol[:12]), *_answer(entry)))
        for entry in entries
    ]
    return Grid(
        f"{title}: tables", (Heading("table", text=True), Heading("protocol", text=True), *_ANSWER), tuple(lines)
    )


def tasks_grid(title: str, entries: Sequence[Entry], settings: Mapping[str, int]) -> Grid:
    """Return a line for each task, by its first table; ``settings`` says how many a task has results in."""
    lines = [
        Line(
            (
                Cell(entry.title, table_page(entry.file)),
                Cell(entry.task, task_page(entry.task)),
                *_answer(entry),
                Cell(str(settings[entry.task])),
            )
        )
        for entry in entries
    ]
    about = "In how many settings of its axes the task has results."
    headings = (Heading("leaderboard", text=True), Heading("task", text=True), *_ANSWER, Heading("settings", about))
    return Grid(title, headings, tuple(lines))


def named(entry: Entry) -> str:
    """Return what a list of a task's tables calls one: its setting, and whether its protocol is an earlier one."""
    setting = ", ".join(f"{axis}={value}" for axis, value in entry.setting.items()) or "leaderboard"
    return setting if entry.current else f"{setting} (earlier protocol {entry.protocol[:8]})"


def _answer(entry: Entry) -> tuple[Cell, ...]:
    fields = entry.ranked
    first = next(iter(fields.values()), None)
    size = f"{sum(result.tied for result in first)} of {len(first)}" if first else numbers.NONE
    failed = f", {entry.failed} failed" if entry.failed else ""
    return (
        Cell(first[0].label if first else numbers.NONE),
        Cell(size),
        Cell(f"{entry.primary} {arrow(entry.metric)}"),
        Cell(str(len(entry.results))),
        Cell(f"{entry.done} of {entry.wanted}{failed}"),
        Cell((entry.ended or numbers.NONE)[:10]),
    )
