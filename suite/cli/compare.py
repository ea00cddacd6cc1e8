"""``suite compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.board import SettingOption
from suite.cli.output import Format, FormatOption, StrictOption, load, print_list, setting_pair

if TYPE_CHECKING:
    from suite.board.comparison import Comparison
    from suite.board.model import Row, Table


def compare(
    task: Annotated[str, typer.Argument(help="Task, as ood/digits.")],
    first: Annotated[str, typer.Argument(help="Method, as the board shows it: knn, or 'knn (k=7)'.")],
    second: Annotated[str, typer.Argument(help="The method to compare it with.")],
    setting: SettingOption = None,
    form: FormatOption = Format.table,
    full: Annotated[bool, typer.Option("--full", help="Every metric on every subset.")] = False,
    strict: StrictOption = False,
) -> None:
    """Compare two methods on the same seeds, or with one seed on the same test samples."""
    registry, settings = load(strict)
    from suite.board.artifact import load_board
    from suite.board.comparison import compare as compared
    from suite.board.samples import samples_reader
    from suite.errors import SuiteError
    from suite.run.selection import Request, current
    from suite.store.reading import Reader
    from suite.store.samples import table_reader

    asked = Request(tasks=(task,), settings=tuple(map(setting_pair, setting or ())))
    request = current(registry, asked, lambda text: typer.echo(text, err=True))
    known = registry.tasks[request.tasks[0]]()
    tables = load_board(settings, registry).of_task(known.id, known.setting(dict(request.settings)))
    if not tables:
        options = "".join(f" --setting {axis}={value}" for axis, value in request.settings)
        raise SuiteError(
            f"no results of {task}{options}", place="suite compare", next=f"suite run -t {known.id}{options}"
        )
    table = tables[0]
    rows = [_row(table, name) for name in (first, second)]
    columns = [column for column in table.columns if full or "/" not in column.subset]
    reader = Reader(settings.database_url)
    try:
        read = samples_reader(known, table_reader(settings, reader))
        comparisons = compared(table, rows[0], rows[1], columns, reader, read)
    finally:
        reader.close()
    print_list([_entry(table, comparison) for comparison in comparisons], form)
    if form is Format.table:
        typer.echo(f"differences are {rows[0].label} minus {rows[1].label}; p of single comparisons, not corrected")


def _row(table: Table, name: str) -> Row:
    from suite.errors import SuiteError, did_you_mean

    rows = {row.label: row for row in table.rows}
    if name not in rows:
        raise SuiteError(
            f"there is no row {name!r}.{did_you_mean(name, rows)}",
            place=f"the board of {table.task}",
            next=f"suite board {' '.join(table.arguments)}",
        )
    return rows[name]


def _entry(table: Table, comparison: Comparison) -> dict[str, Any]:
    metric = table.metric(comparison.column.metric)
    difference = comparison.difference
    interval = difference.interval
    return {
        "column": str(comparison.column),
        "better": metric.direction,
        "difference": round(metric.shown(difference.mean), 4),
        "low": None if interval is None else round(metric.shown(interval.low), 4),
        "high": None if interval is None else round(metric.shown(interval.high), 4),
        "unit": metric.shown_unit,
        "p": None if difference.p is None else float(f"{difference.p:.2g}"),
        "over": "" if interval is None else interval.basis,
    }
