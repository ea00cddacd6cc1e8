"""A task's table for the terminal."""

from __future__ import annotations

import typer

from suite.board.export import shown_cost, shown_difference, shown_rank, shown_value, stated_costs
from suite.board.model import Row, Table
from suite.board.notes import notes, unranked
from suite.cli.output import console
from suite.contracts import Column

PARTS = 8
"""How many columns of the parts of groups a terminal shows legibly beside those of the groups."""


HEAD = 3
"""How many rows of each table the end of the tour shows."""


def print_table(table: Table, *, full: bool = False) -> None:
    """Print a table: rank, method, the primary metric, cost; ``full`` adds the other metrics and every part."""
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False)
    several = len({row.access for row in table.rows}) > 1
    for name in ("rank", *(("access",) if several else ()), "method", "status"):
        grid.add_column(name, no_wrap=name == "method")  # a narrow terminal squeezes the others
    main = [column for column in table.columns if column.metric == table.primary.metric]
    columns = table.columns if full else _compact(main)
    costs = stated_costs(table)
    ranking = table.metric(table.primary.metric)
    for column in columns:
        metric = table.metric(column.metric)
        partial = any((value := row.value(column)) and value.partial for row in table.rows)
        mark = " partial" if partial else ""
        grid.add_column(f"{column.metric} {column.subset}{mark} ({metric.shown_unit})", justify="right")
    differ = any(row.difference for row in table.rows)
    for name in (*((f"difference ({ranking.shown_unit})",) if differ else ()), *map(shown_cost, costs), "seeds"):
        grid.add_column(name, justify="right")
    for row in table.rows:
        values = [shown_value(table.metric(column.metric), row.value(column)) for column in columns]
        cost = [f"{row.cost[name]:.3f}" if name in row.cost else "–" for name in costs]
        status = row.card.status if row.card else "?"
        access = (", ".join(row.access),) if several else ()
        difference = (shown_difference(ranking, row),) if differ else ()
        texts = (shown_rank(row), *access, row.label, status, *values, *difference, *cost, _seeds(table, row))
        grid.add_row(*map(Text, texts))
    typer.echo(f"\n{_title(table)}")
    console().print(grid)
    if not full and len(columns) < len(main):
        typer.echo(f"{len(main) - len(columns)} columns of parts of groups are left out: suite board --full")
    reasons = [(f"{label} is not ranked", reason) for label, reason in unranked(table)]
    for heading, text in (*notes(table), *table.facts.items(), *reasons):
        typer.echo(f"{heading}: {text}")


def print_head(table: Table) -> None:
    """Print the first places of a table in a few lines of a terminal."""
    from rich.table import Table as Grid
    from rich.text import Text

    metric = table.metric(table.primary.metric)
    ranked = [row for row in table.rows if row.rank is not None]
    grid = Grid(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for row in ranked[:HEAD]:
        texts = (f"  {shown_rank(row)}", row.label, shown_value(metric, row.value(table.primary)), _seeds(table, row))
        grid.add_row(*map(Text, texts))
    typer.echo(f"\n{table.task} · {table.title} · {table.primary} ({metric.shown_unit}, {metric.direction} is better)")
    console().print(grid)
    if len(table.rows) > HEAD:
        typer.echo(f"  and {len(table.rows) - HEAD} more: suite board -t {table.task}")


def _compact(columns: list[Column]) -> list[Column]:
    """Return a metric's columns without the parts of groups, as ``group/part``, if those are too many.

    Only parts for which a column of the whole group stands are left out.
    """
    subsets = {column.subset for column in columns}
    parts = {subset for subset in subsets if "/" in subset and subset.split("/")[0] in subsets}
    return columns if len(parts) <= PARTS else [column for column in columns if column.subset not in parts]


def _title(table: Table) -> str:
    condition = f"{table.condition} · " if table.setting else ""
    ranks = f"ranked by {table.primary} · protocol {table.protocol[:8]}"
    return f"{table.task} {table.version} · {condition}{table.title} · {ranks}"


def _seeds(table: Table, row: Row) -> str:
    failed = f", {sum(row.failed.values())} failed" if row.failed else ""
    return f"{len(row.seeds)}/{len(table.seeds)}{failed}"
