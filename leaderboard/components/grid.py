"""The table of the track page: a frame of plain numbers and texts, and how each column is shown.

Numbers stay numbers so that the grid sorts them; `column_config` formats them (a pandas Styler is slow).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from suite.board.export import shown_cost, shown_difference, shown_rank, stated_costs
from suite.board.model import Row, Table, Value
from suite.contracts import Column

from .escape import clean, plain
from .links import LABEL, address

MIB = 2**20
COST_HELP = "Mean over seeds. What all methods share, as a reference model, is not counted."
MEMORY = "peak MiB"
PRESETS: dict[str, Callable[[Table, Column], bool]] = {
    "compact": lambda table, column: column.metric == table.primary.metric and "/" not in column.subset,
    "per data set": lambda table, column: column.metric == table.primary.metric,
    "all metrics": lambda table, column: True,
}
"""Which columns a preset shows. A subset with a slash is one data set of its group."""


def columns_of(table: Table, preset: str) -> list[Column]:
    """Return the metric columns of a preset, the primary one first."""
    return [column for column in table.columns if column == table.primary or PRESETS[preset](table, column)]


def heading(table: Table, column: Column) -> str:
    """Return ``METRIC SUBSET ↑ %``: the column, the better direction, the unit, and ``partial`` where one is."""
    metric = table.metric(column.metric)
    arrow = "↑" if metric.direction == "higher" else "↓"
    partial = any((value := row.value(column)) and value.partial for row in table.rows)
    return f"{clean(column)} {arrow} {clean(metric.shown_unit)}{' · partial' if partial else ''}"


def frame(table: Table, rows: Sequence[Row], columns: Sequence[Column]) -> pd.DataFrame:
    """Return the grid's rows: rank, method, the primary value with its interval, the other values, cost, coverage."""
    width = max((len(str(row.place)) for row in rows if row.place), default=1)
    return pd.DataFrame([_entries(table, row, columns, width) for row in rows])


def readable(data: pd.DataFrame, rows: Sequence[Row]) -> pd.DataFrame:
    """Return the frame as Markdown texts for a plain HTML table."""
    links = [f"[{plain(row.label)}](<{address('method', '', method=row.method)}>)" for row in rows]
    texts = data.map(lambda cell: f"{cell:.2f}" if isinstance(cell, float) and cell == cell else plain(cell or ""))
    return texts.assign(method=links).rename(columns=plain).set_index("rank")


def interval(table: Table, column: Column, value: Value | None) -> str:
    """Return ``92.90–96.68``, followed by ``partial`` if a data set is missing from the mean."""
    if value is None:
        return ""
    if value.low is None or value.high is None:
        text = "one seed" if value.n == 1 else "no spread"
    else:
        metric = table.metric(column.metric)
        text = f"{metric.shown(value.low):.2f}–{metric.shown(value.high):.2f}"
    return f"{text}, partial" if value.partial else text


def coverage(table: Table, row: Row) -> str:
    """Return ``4/5 seeds, 1 failed, partial: SUBSET``."""
    done = sum(seed in table.seeds for seed in row.seeds)
    parts = [f"{done}/{len(table.seeds)} seeds"]
    parts += [f"{count} {clean(state)}" for state, count in sorted(row.failed.items())]
    partial = dict.fromkeys(clean(value.subset) for value in row.values if value.partial)
    return ", ".join([*parts, *([f"partial: {' '.join(partial)}"] if partial else [])])


def config(table: Table, columns: Sequence[Column]) -> dict[str, Any]:
    """Return Streamlit's column configuration: formats, definitions as tooltips, method pinned."""
    bases = sorted({value.basis for row in table.rows if (value := row.value(table.primary)) and value.basis})
    numbers = {heading(table, column): _definition(table, column) for column in columns}
    return {
        "rank": st.column_config.TextColumn(
            help="Place, and in parentheses the best and worst that the data allow. References take no place.",
            width="small",
            pinned=True,
        ),
        "method": st.column_config.LinkColumn(
            help="Opens the method's page.", display_text=LABEL, width="medium", pinned=True
        ),
        "access": st.column_config.TextColumn(help="Privileges that a method needs; they are ranked apart."),
        "status": st.column_config.TextColumn(
            help="What the implementation follows: the paper, the authors' code, a reconstruction, or a baseline."
        ),
        **{
            name: st.column_config.NumberColumn(help=text, format="%.2f", alignment="right")
            for name, text in numbers.items()
        },
        "difference": st.column_config.TextColumn(help="To the best ranked row, paired, with its 95 % interval."),
        "95 % interval": st.column_config.TextColumn(help=plain("; ".join(bases)) or "No interval: one seed."),
        **{
            clean(shown_cost(name)): st.column_config.NumberColumn(help=COST_HELP, format="%.3f")
            for name in stated_costs(table)
        },
        MEMORY: st.column_config.NumberColumn(
            help="Peak resident memory of the worker process, mean over seeds.", format="%.0f"
        ),
        "coverage": st.column_config.TextColumn(help="Seeds done of those wanted, failed cells, data sets missing."),
        "version": st.column_config.TextColumn(help="Version of the method."),
    }


def _entries(table: Table, row: Row, columns: Sequence[Column], width: int) -> dict[str, Any]:
    entries: dict[str, Any] = {
        # Texts sort sign by sign: figure spaces keep place 2 above place 10.
        "rank": shown_rank(row).rjust(len(shown_rank(row)) + width - len(str(row.place or 0)), "\u2007"),
        "method": address("method", row.label, method=row.method),
        "status": row.card.status if row.card else "not installed",
    }
    if len({other.access for other in table.rows}) > 1:
        entries["access"] = clean(", ".join(row.access))
    for column in columns:
        value = row.value(column)
        entries[heading(table, column)] = None if value is None else table.metric(column.metric).shown(value.mean)
        if column == table.primary:
            entries["95 % interval"] = interval(table, column, value)
            if any(other.difference for other in table.rows):
                entries["difference"] = shown_difference(table.metric(column.metric), row)
    entries |= {clean(shown_cost(name)): row.cost.get(name) for name in stated_costs(table)}
    peak = row.cost.get("peak_memory_bytes")
    entries[MEMORY] = None if peak is None else peak / MIB
    return {**entries, "coverage": coverage(table, row), "version": clean(row.version)}


def _definition(table: Table, column: Column) -> str:
    metric = table.metric(column.metric)
    ranks = " **This column ranks.**" if column == table.primary else ""
    better = f"{metric.direction.capitalize()} is better; version {plain(metric.version)}."
    return f"{plain(metric.definition)} {better}{ranks}"
