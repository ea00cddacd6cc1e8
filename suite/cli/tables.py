"""A task's table for the terminal."""

from __future__ import annotations

import typer

from suite.board.comparable import groups
from suite.board.export import shown_cost, shown_rank, shown_value, stated_costs
from suite.board.model import Row, Table
from suite.cli.output import console
from suite.contracts import Column

PARTS = 8
"""How many columns of the parts of groups a terminal shows legibly beside those of the groups."""


def print_table(table: Table, *, full: bool = False) -> None:
    """Print a table: rank, method, the primary metric, cost; ``full`` adds the other metrics and every part."""
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False)
    several = len(table.leagues) > 1
    for name in ("rank", *(("league",) if several else ()), "method", "status"):
        grid.add_column(name)
    main = [column for column in table.columns if column.metric == table.primary.metric]
    columns = table.columns if full else _compact(main)
    costs = stated_costs(table)
    for column in columns:
        metric = table.metric(column.metric)
        partial = any((value := row.value(column)) and value.partial for row in table.rows)
        mark = " partial" if partial else ""
        grid.add_column(f"{column.metric} {column.subset}{mark} ({metric.shown_unit})", justify="right")
    for name in (*map(shown_cost, costs), "seeds"):
        grid.add_column(name, justify="right")
    for row in table.rows:
        values = [shown_value(table.metric(column.metric), row.value(column)) for column in columns]
        cost = [f"{row.cost[name]:.3f}" if name in row.cost else "–" for name in costs]
        status = row.card.status if row.card else "?"
        league = (row.league,) if several else ()
        texts = (shown_rank(row), *league, row.label, status, *values, *cost, _seeds(table, row))
        grid.add_row(*map(Text, texts))
    typer.echo(f"\n{_title(table)}")
    console().print(grid)
    if not full and len(columns) < len(main):
        typer.echo(f"{len(main) - len(columns)} columns of parts of groups are left out: suite board --full")
    for line in _notes(table):
        typer.echo(line)


def _compact(columns: list[Column]) -> list[Column]:
    """Return a metric's columns without the parts of groups, as ``group/part``, if those are too many.

    Only parts for which a column of the whole group stands are left out.
    """
    subsets = {column.subset for column in columns}
    parts = {subset for subset in subsets if "/" in subset and subset.split("/")[0] in subsets}
    return columns if len(parts) <= PARTS else [column for column in columns if column.subset not in parts]


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
    notes.append(f"rank (best–worst): {table.comparison}, Holm over all pairs; depends on the field of methods")
    if len(table.leagues) > 1:
        notes.append("each league is ranked by itself; all as one field: suite board --together")
    if table.missing:
        notes.append(f"missing data: {', '.join(table.missing)}; means without them are partial")
    notes += [f"{name}: {statement}" for name, statement in table.facts.items()]
    notes += [
        f"{'comparable' if group.known else 'not known to be comparable'} ({group.title}): "
        + ", ".join(row.label for row in group.rows)
        for group in groups(table)
    ]
    notes += [f"{row.label} is not ranked: {row.unranked}" for row in table.rows if row.unranked]
    return notes
