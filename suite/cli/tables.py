"""A task's table for the terminal, and as flat rows for JSON and CSV."""

from __future__ import annotations

from typing import Any

import typer

from suite.board.model import Row, Table, Value
from suite.cli.output import console
from suite.contracts import Column, Metric


def print_table(table: Table, *, full: bool = False) -> None:
    """Print a table: rank, method, the primary metric on every subset, cost; ``full`` adds the other metrics."""
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=Text(_title(table)), title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in ("rank", "method", "status"):
        grid.add_column(name)
    columns = [column for column in table.columns if full or _is_main(table, column)]
    for column in columns:
        metric = table.metric(column.metric)
        partial = any((value := row.value(column)) and value.partial for row in table.rows)
        mark = " partial" if partial else ""
        grid.add_column(f"{column.metric} {column.subset}{mark} ({metric.shown_unit})", justify="right")
    for name in ("fit s", "score s", "seeds"):
        grid.add_column(name, justify="right")
    for row in table.rows:
        values = [shown_value(table.metric(column.metric), row.value(column)) for column in columns]
        cost = [f"{row.cost[name]:.3f}" if name in row.cost else "–" for name in ("fit_seconds", "score_seconds")]
        status = row.card.status if row.card else "?"
        grid.add_row(*(Text(text) for text in (shown_rank(row), row.label, status, *values, *cost, _seeds(table, row))))
    typer.echo("")
    console().print(grid)
    for line in _notes(table):
        typer.echo(line)


def flat_rows(table: Table) -> list[dict[str, Any]]:
    """Return the rows with one entry per column, for CSV."""
    return [
        {
            "task": table.task,
            "protocol": table.protocol[:12],
            "place": row.place,
            "best": row.best,
            "worst": row.worst,
            "method": row.label,
            "version": row.version,
            "status": row.card.status if row.card else None,
            "seeds": len(row.seeds),
            **{key: entry for column in table.columns for key, entry in _flat_value(column, row.value(column)).items()},
            **{name: row.cost.get(name) for name in ("fit_seconds", "score_seconds", "wall_seconds")},
            "unranked": row.unranked,
        }
        for row in table.rows
    ]


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


def _is_main(table: Table, column: Column) -> bool:
    return column.metric == table.primary.metric


def _flat_value(column: Column, value: Value | None) -> dict[str, Any]:
    key = f"{column.metric} {column.subset}"
    if value is None:
        return {key: None, f"{key} low": None, f"{key} high": None, f"{key} partial": None}
    return {key: value.mean, f"{key} low": value.low, f"{key} high": value.high, f"{key} partial": value.partial}


def _title(table: Table) -> str:
    return f"{table.task} {table.version} · {table.title} · ranked by {table.primary} · protocol {table.protocol[:8]}"


def _seeds(table: Table, row: Row) -> str:
    failed = f", {sum(row.failed.values())} failed" if row.failed else ""
    return f"{len(row.seeds)}/{len(table.seeds)}{failed}"


def _notes(table: Table) -> list[str]:
    bases = {value.basis for row in table.rows for value in row.values if value.basis}
    notes = [f"±: half-width of the interval, {basis}" for basis in sorted(bases)]
    if not bases:
        notes.append("no intervals: one seed says nothing of the spread over seeds")
    notes.append("rank (best–worst): paired t over seeds, Holm over all pairs; depends on the field of methods")
    if table.missing:
        notes.append(f"missing data: {', '.join(table.missing)}; means without them are partial")
    notes += [f"{name}: {statement}" for name, statement in table.facts.items()]
    notes += [f"{row.label} is not ranked: {row.unranked}" for row in table.rows if row.unranked]
    return notes
