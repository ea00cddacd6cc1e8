"""A task's table for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from suite.board.answer import answers, named
from suite.board.badges import badge, is_marked, shown_source
from suite.board.export import shown_cost, shown_difference, shown_rank, shown_value, stated_costs
from suite.board.model import Row, Table
from suite.board.notes import notes, reasons
from suite.board.quantity import digits
from suite.board.ties import tied
from suite.cli.output import console, counted, echo
from suite.contracts import Column
from suite.text import clean

PARTS = 8
"""How many columns of the parts of groups a terminal shows legibly beside those of the groups."""
WIDTH = 98
"""Of the lines at the end of the tour, in letters."""

HEAD = 2
"""How many rows of each table the end of the tour shows."""
FOLDED = 16
"""Signs a line to which a long name is folded before a terminal goes without the difference to the best."""
GAP = 2


@dataclass(frozen=True)
class Field:
    """A column of the terminal: its heading and its texts.

    Of ``keep`` 0 it always stays; of the others those with the greatest go first where the terminal has no room.
    ``foldable``: it is said once below the table if all rows say the same. ``least`` is the width below which texts are
    not folded, if that is less than they need.
    """

    heading: str
    texts: tuple[str, ...]
    keep: int
    number: bool = False
    foldable: bool = False
    least: int | None = None

    @property
    def width(self) -> int:
        """How many signs it needs; a heading may break at its spaces."""
        from rich.cells import cell_len

        return (
            self.least
            if self.least is not None
            else max(map(cell_len, (*self.heading.split(), *self.texts)), default=0)
        )

    @property
    def folds(self) -> bool:
        """Whether it says the same in every row."""
        return self.foldable and len(set(self.texts)) < 2


def print_table(table: Table, *, full: bool = False, everywhere: bool = False, of: Table | None = None) -> None:
    """Print a table: rank, method, the primary metric, the difference to the best, cost.

    ``full`` adds the other metrics and every part; ``everywhere`` shows rank intervals that hold for all rows at once.
    ``of`` is the whole table, where some of its rows are hidden.
    """
    from rich.table import Table as Grid
    from rich.text import Text

    fields, hidden = _fields(table, full, everywhere)
    folded = [field for field in fields if field.folds]
    shown, left_out = _fitting([field for field in fields if not field.folds])
    grid = Grid(box=None, pad_edge=False)
    for field in shown:
        grid.add_column(
            field.heading, justify="right" if field.number else "left", min_width=field.width, overflow="fold"
        )
    for texts in zip(*(field.texts for field in shown), strict=True):
        grid.add_row(*map(Text, texts))
    echo(f"\n{_title(table)}")
    for answer in answers(of or table):
        echo(answer)
    console().print(grid)
    if of is not None and len(of.rows) > len(table.rows):
        echo(f"{counted(len(of.rows) - len(table.rows), 'row')} hidden; ranks are those of all rows")
    if folded and table.rows:
        same = (f"{field.heading} {field.texts[0] or 'none'}" for field in folded)
        echo(f"the same in every row: {', '.join(same)}")
    if left_out:
        echo(f"no room for: {', '.join(field.heading for field in left_out)}; --format csv has every column")
    if hidden:
        echo(f"{counted(len(hidden), 'more column')}, as {clean(hidden[0])}: suite board --full")
    for heading, text in (*notes(table, everywhere=everywhere), *table.facts.items(), *_not_ranked(table, full)):
        echo(f"{clean(heading)}: {clean(text)}")


def print_head(table: Table) -> None:
    """Print the first places of a table in a few lines of a terminal."""
    from rich.table import Table as Grid
    from rich.text import Text

    metric = table.metric(table.primary.metric)
    ranked, marked = [row for row in table.rows if row.rank is not None], tied(table)
    grid = Grid(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for row in ranked[:HEAD]:
        value = shown_value(metric, row.value(table.primary))
        grid.add_row(*map(Text, (f"  {shown_rank(row, marked)}", clean(row.label), value, _seeds(table, row))))
    unit = f"{table.primary} ({metric.shown_unit}, {metric.direction} is better)"
    about = f"{clean(table.task)} · {clean(table.title)} · {clean(unit)}"
    echo("\n".join(wrap(about, WIDTH, subsequent_indent="  ")))
    console().print(grid)
    for answer in answers(table):
        echo("\n".join(wrap(clean(answer), WIDTH, initial_indent="  ", subsequent_indent="    ")))
    if len(table.rows) > HEAD:
        echo(f"  and {len(table.rows) - HEAD} more: suite board -t {clean(table.task)}")


def _fields(table: Table, full: bool, everywhere: bool) -> tuple[list[Field], list[Column]]:
    """Return the columns in their order, and those of parts of groups that are left out."""
    main = [column for column in table.columns if column.metric == table.primary.metric]
    columns = table.columns if full else _compact(main)
    ranking, marked = table.metric(table.primary.metric), tied(table)

    def field(heading: str, text: Callable[[Row], str], keep: int, *, number: bool = True, fold: bool = False) -> Field:
        return Field(clean(heading), tuple(clean(text(row)) for row in table.rows), keep, number, fold)

    def value(column: Column, keep: int) -> Field:
        metric = table.metric(column.metric)
        partial = any((value := row.value(column)) and value.partial for row in table.rows)
        heading = f"{column.metric} {column.subset}{' partial' if partial else ''} ({metric.shown_unit})"
        return field(heading, lambda row: shown_value(metric, row.value(column)), keep)

    def cost(name: str, keep: int) -> Field:
        return field(shown_cost(name), lambda row: digits(row.cost[name], 3) if name in row.cost else "–", keep)

    differ = [
        field(f"to the best ({ranking.shown_unit})", lambda row: shown_difference(ranking, row), 1)
        for _ in range(any(row.difference for row in table.rows))
    ]
    return [
        field("rank", lambda row: shown_rank(row, marked, everywhere=everywhere), 0, number=False),
        field("access", lambda row: ", ".join(row.access), 2, number=False, fold=True),
        _names(table),
        *(value(column, 0) for column in columns[:1]),
        *differ,
        *(value(column, 10 + number) for number, column in enumerate(columns[1:])),
        *(cost(name, 4 + number) for number, name in enumerate(stated_costs(table))),
        *(
            (
                field("runs", shown_source, 5, number=False, fold=True),
                field("run again", badge, 6, number=False, fold=True),
            )
            if is_marked(table)
            else ()
        ),
        field("status", lambda row: row.card.status if row.card else "?", 3, number=False, fold=True),
        field("seeds", lambda row: _seeds(table, row), 1000, fold=True),
        field("version", lambda row: row.version, 1001, fold=True),
    ], [] if full else [column for column in main if column not in columns]


def _names(table: Table) -> Field:
    """Return the column of methods, as wide as the ranked ones need: no name of another one takes their room."""
    from rich.cells import cell_len

    names = tuple(clean(row.label) for row in table.rows)
    ranked = [cell_len(name) for name, row in zip(names, table.rows, strict=True) if row.rank]
    return Field("method", names, 0, least=max([*ranked, len("method")]) if ranked else None)


def _fitting(fields: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """Return the columns for which the terminal has room, in their order, and those for which it has none."""
    shown = list(fields)
    room = console().width if console().is_terminal else float("inf")

    def is_too_wide() -> bool:
        return sum(field.width + GAP for field in shown) - GAP > room

    while is_too_wide() and any(field.keep > 1 for field in shown):
        shown.remove(max(shown, key=lambda field: field.keep))
    if is_too_wide():
        shown = [replace(field, least=min(field.width, FOLDED)) if field.least else field for field in shown]
    while is_too_wide() and any(field.keep for field in shown):
        shown.remove(max(shown, key=lambda field: field.keep))
    kept = {field.heading for field in shown}
    return shown, [field for field in fields if field.heading not in kept]


def _compact(columns: list[Column]) -> list[Column]:
    """Return a metric's columns without the parts of groups, as ``group/part``, if those are too many.

    Only parts for which a column of the whole group stands are left out; a part that is all of its group always is.
    """
    subsets = {column.subset for column in columns}
    parts = {subset for subset in subsets if "/" in subset and subset.split("/")[0] in subsets}
    groups = [part.split("/")[0] for part in parts]
    only = {part for part in parts if groups.count(part.split("/")[0]) == 1}
    hidden = only if len(parts) <= PARTS else parts
    return [column for column in columns if column.subset not in hidden]


def _not_ranked(table: Table, full: bool) -> list[tuple[str, str]]:
    """Return who might have a place and has none, by the reason that they share; ``full`` names all of them."""
    return [
        (f"{labels[0]} is not ranked", reason)
        if len(labels) == 1
        else (f"{len(labels)} rows are not ranked, {reason}", ", ".join(labels) if full else named(labels))
        for reason, labels in reasons(table).items()
    ]


def _title(table: Table) -> str:
    condition = f"{clean(table.condition)} · " if table.setting else ""
    metric = table.metric(table.primary.metric)
    ranks = f"ranked by {clean(table.primary)}, {metric.direction} is better · protocol {clean(table.protocol[:8])}"
    return f"{clean(table.task)} {clean(table.version)} · {condition}{clean(table.title)} · {ranks}"


def _seeds(table: Table, row: Row) -> str:
    failed = f", {sum(row.failed.values())} failed" if row.failed else ""
    return f"{len(row.seeds)}/{len(table.seeds)}{failed}"
