"""``suite compare``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suite.cli.board import SettingOption, newest_board
from suite.cli.output import Format, FormatOption, PluginOption, StrictOption, echo, load, print_list, setting_pair

if TYPE_CHECKING:
    from suite.board.comparison import Comparison
    from suite.board.model import Row, Table
    from suite.board.samples import ReadTable
    from suite.registry import Registry
    from suite.settings import Settings


def compare(
    task: Annotated[str, typer.Argument(help="Task, for example ood/digits.")],
    methods: Annotated[list[str], typer.Argument(help="Two or more names from the board: knn or 'knn (k=7)'.")],
    setting: SettingOption = None,
    form: FormatOption = Format.table,
    full: Annotated[bool, typer.Option("--full", help="Compare each metric on each subset.")] = False,
    plugin: PluginOption = None,
    strict: StrictOption = False,
) -> None:
    """Compare methods in pairs on the same seeds. With one seed, compare them on the same test samples."""
    registry, settings = load(strict, plugin)
    from suite.board.comparison import compare as compared
    from suite.board.samples import samples_reader
    from suite.errors import SuiteError
    from suite.run.selection import Request, current

    asked = Request(tasks=(task,), settings=tuple(map(setting_pair, setting or ())))
    request = current(registry, asked, lambda text: echo(text, err=True))
    known = registry.tasks[request.tasks[0]]()
    board, at = newest_board(settings, registry), dict(known.setting(dict(request.settings)))
    tables = [entry for entry in board.entries if entry.task == known.id and entry.setting == at and entry.current]
    if not tables:
        options = [part for axis, value in request.settings for part in ("--setting", f"{axis}={value}")]
        raise SuiteError(
            f"no results of {shlex.join([task, *options])}",
            place="suite compare",
            next=shlex.join(["suite", "run", "-t", known.id, *options]),
        )
    entry, table = tables[0], board.table(tables[0])
    rows = [_row(table, registry, name) for name in dict.fromkeys(methods)]
    if len(rows) < 2:
        given = shlex.join(["suite", "compare", task, rows[0].label])
        others = [row.label for row in table.rows if row is not rows[0] and row.seeds]
        raise SuiteError(
            f"only one method is given: {rows[0].label}. Name another one",
            place=given,
            next=f"{given} {shlex.quote(others[0])}" if others else shlex.join(["suite", "run", *table.arguments]),
        )
    columns = [column for column in table.columns if full or "/" not in column.subset]
    with ExitStack() as open_until:
        read = samples_reader(known, _tables(settings, open_until))
        entries = [_entry(table, each) for each in compared(table, rows, columns, board.scores(entry), read)]
    same = _said_once(entries) if form is Format.table else {}
    print_list([{name: value for name, value in entry.items() if name not in same} for entry in entries], form)
    for name, texts in same.items():
        echo(f"{name}: {'; '.join(texts)}")
    if form is Format.table:
        which = "the first minus the second" if len(rows) > 2 else f"{rows[0].label} minus {rows[1].label}"
        echo(f"differences are {which}; intervals and p are corrected for the number of pairs, column by column")


def _tables(settings: Settings, open_until: ExitStack) -> ReadTable:
    """Return what reads a run's stored table; the archive is opened when it is first asked, as most need none."""
    from suite.board.artifact import PATIENCE
    from suite.store.archive import Archive

    archive = cache(lambda: open_until.enter_context(closing(Archive(settings, PATIENCE))))
    return lambda run: archive().table(run)


def _said_once(entries: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what is said below the lines: of unit and basis each text, with its columns where there are several."""
    said: dict[str, dict[str, dict[str, None]]] = {"unit": {}, "over": {}}
    for entry in entries:
        for name, columns in said.items():
            columns.setdefault(entry[name] or "no interval", {})[entry["column"]] = None
    return {
        name: [text if len(columns) == 1 else f"{text} ({', '.join(of_text)})" for text, of_text in columns.items()]
        for name, columns in said.items()
    }


def _row(table: Table, registry: Registry, name: str) -> Row:
    from suite.errors import SuiteError, did_you_mean

    rows = {row.label: row for row in table.rows}
    today, _ = registry.former_methods.get(f"{table.track}/{name}", (name, {}))
    name = name if name in rows else today.removeprefix(f"{table.track}/")
    if name not in rows:
        raise SuiteError(
            f"the board has no row {name!r}.{did_you_mean(name, rows)} For a method in a file, add --plugin FILE",
            place=f"the board of {table.task}",
            next=shlex.join(["suite", "board", *table.arguments]),
        )
    return rows[name]


def _entry(table: Table, comparison: Comparison) -> dict[str, Any]:
    metric = table.metric(comparison.column.metric)
    difference = comparison.difference
    return {
        "first": comparison.a,
        "second": comparison.b,
        "column": str(comparison.column),
        "better": metric.direction,
        "difference": round(metric.shown(difference.mean), 4),
        "low": None if difference.low is None else round(metric.shown(difference.low), 4),
        "high": None if difference.high is None else round(metric.shown(difference.high), 4),
        "unit": metric.shown_unit,
        "p": None if difference.p is None else float(f"{difference.p:.2g}"),
        "over": difference.basis,
    }
