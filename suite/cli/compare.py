"""``suite compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.output import Format, FormatOption, StrictOption, load, print_list

if TYPE_CHECKING:
    from suite.board.comparison import Comparison
    from suite.board.model import Row, Table


def compare(
    task: Annotated[str, typer.Argument(help="Task, as ood/digits.")],
    first: Annotated[str, typer.Argument(help="Method, as the board shows it: knn, or 'knn (k=7)'.")],
    second: Annotated[str, typer.Argument(help="The method to compare it with.")],
    form: FormatOption = Format.table,
    full: Annotated[bool, typer.Option("--full", help="Every metric on every subset.")] = False,
    strict: StrictOption = False,
) -> None:
    """Compare two methods on the same seeds, or with one seed on the same test samples."""
    registry, settings = load(strict)
    from suite.board.artifact import load_board
    from suite.board.comparison import compare as compared
    from suite.errors import SuiteError
    from suite.run.record import samples_reader
    from suite.store.reading import Reader

    known = registry.tasks[task]()
    tables = load_board(settings, registry).of_task(task)
    if not tables:
        raise SuiteError(f"no results of {task}", place="suite compare", next=f"suite run --task {task}")
    rows = [_row(tables[0], name) for name in (first, second)]
    reader = Reader(settings.database_url)
    try:
        found = compared(known, tables[0], rows[0], rows[1], reader, samples_reader(settings, reader))
    finally:
        reader.close()
    shown = [each for each in found if full or "/" not in each.column.subset]
    print_list([_entry(tables[0], each) for each in shown], form)
    if form is Format.table:
        typer.echo(f"differences are {rows[0].label} minus {rows[1].label}; p of single comparisons, not corrected")


def _row(table: Table, name: str) -> Row:
    from suite.errors import SuiteError, did_you_mean

    rows = {row.label: row for row in table.rows}
    if name not in rows:
        raise SuiteError(
            f"there is no row {name!r}.{did_you_mean(name, rows)}",
            place=f"the board of {table.task}",
            next=f"suite board --task {table.task}",
        )
    return rows[name]


def _entry(table: Table, comparison: Comparison) -> dict[str, Any]:
    metric = table.metric(comparison.column.metric)
    found = comparison.difference
    interval = found.interval
    return {
        "column": str(comparison.column),
        "better": metric.direction,
        "difference": round(metric.shown(found.mean), 4),
        "low": None if interval is None else round(metric.shown(interval.low), 4),
        "high": None if interval is None else round(metric.shown(interval.high), 4),
        "unit": metric.shown_unit,
        "p": None if found.p is None else float(f"{found.p:.2g}"),
        "over": "" if interval is None else interval.basis,
    }
