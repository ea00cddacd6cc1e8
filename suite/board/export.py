"""The board as flat rows, CSV and short texts: what the terminal and the app show alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suite.board.model import Row, Table, Value
    from suite.contracts import Column, Metric

MEASURED = ("wall_seconds", "peak_memory_bytes")
"""What is measured of every run, besides the costs that its task states."""


def to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Return CSV with a header; text that a spreadsheet would take for a formula is quoted with an apostrophe."""
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def flat_rows(table: Table) -> list[dict[str, Any]]:
    """Return the rows with one entry per column, for CSV."""
    return [
        {
            "task": table.task,
            "protocol": table.protocol[:12],
            "league": row.league,
            "place": row.place,
            "best": row.best,
            "worst": row.worst,
            "method": row.label,
            "version": row.version,
            "status": row.card.status if row.card else None,
            "seeds": len(row.seeds),
            **{name: table.facts.get(name, row.facts.get(name)) for name in table.comparable_by},
            **{key: entry for column in table.columns for key, entry in _flat_value(column, row.value(column)).items()},
            **{name: row.cost.get(name) for name in (*stated_costs(table), "wall_seconds")},
            "unranked": row.unranked,
        }
        for row in table.rows
    ]


def stated_costs(table: Table) -> list[str]:
    """Return the names of the costs that the task states of at least one row, sorted, as ``fit_seconds``."""
    return sorted({name for row in table.rows for name in row.cost}.difference(MEASURED))


def shown_cost(name: str) -> str:
    """Return a cost's name with its unit, as ``fit s``."""
    stem = name.removesuffix("_seconds")
    return (stem if stem == name else f"{stem} s").replace("_", " ")


def shown_rank(row: Row) -> str:
    """Return ``3 (1–5)``, or a dash for a row that is not ranked."""
    if row.place is None:
        return "–"
    return f"{row.place} ({row.best}–{row.worst})" if row.best != row.worst else f"{row.place}"


def shown_value(metric: Metric, value: Value | None) -> str:
    """Return ``87.73 ±1.52``, the half-width of the interval where there is one."""
    if value is None:
        return "–"
    text = f"{metric.shown(value.mean):.2f}"
    if value.low is not None and value.high is not None:
        text += f" ±{metric.shown(max(value.high - value.mean, value.mean - value.low)):.2f}"
    return text


def _cell(value: Any) -> Any:
    value = " ".join(value) if isinstance(value, list | tuple) else value
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\0")) else value


def _flat_value(column: Column, value: Value | None) -> dict[str, Any]:
    key = f"{column.metric} {column.subset}"
    if value is None:
        return {key: None, f"{key} low": None, f"{key} high": None, f"{key} partial": None}
    return {key: value.mean, f"{key} low": value.low, f"{key} high": value.high, f"{key} partial": value.partial}
