"""``suite board``."""

from __future__ import annotations

import enum
import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import (
    Format,
    FormatOption,
    PluginOption,
    StrictOption,
    counted,
    echo,
    load,
    print_csv,
    print_json,
    print_list,
    setting_pair,
)
from suite.cli.overview import MANY, print_overview

if TYPE_CHECKING:
    from suite.board.board import Board
    from suite.board.model import Entry, Index, Table
    from suite.registry import Registry
    from suite.run.selection import Request, TaskChoice
    from suite.settings import Settings


class Whose(enum.StrEnum):
    """Whose rows are shown."""

    all = "all"
    own = "own"
    published = "published"


SettingOption = Annotated[
    list[str] | None,
    typer.Option("--setting", metavar="AXIS=VALUE", help="For example precision=W8A8. Default: the first setting."),
]


def board(
    task: Annotated[list[str] | None, typer.Option("--task", "-t", help="Task or pattern. Default: all.")] = None,
    setting: SettingOption = None,
    all_settings: Annotated[
        bool, typer.Option("--all-settings", help="Show all settings of the axes that --setting does not name.")
    ] = False,
    by: Annotated[str, typer.Option(metavar="AXIS", help="One row a method, one column a value of this axis.")] = "",
    form: FormatOption = Format.table,
    full: Annotated[bool, typer.Option("--full", help="Show each metric on each subset.")] = False,
    protocols: Annotated[
        bool, typer.Option("--all-protocols", help="Show tables of older data and versions, too.")
    ] = False,
    together: Annotated[
        bool, typer.Option("--together", help="Rank methods with and without extra access in one table.")
    ] = False,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Make rank intervals that hold for all rows at once.")
    ] = False,
    source: Annotated[
        Whose, typer.Option("--source", help="Show all rows, own rows or published rows. Ranks stay the same.")
    ] = Whose.all,
    runs: Annotated[bool, typer.Option("--runs", help="List the runs instead, also those that failed.")] = False,
    plugin: PluginOption = None,
    strict: StrictOption = False,
) -> None:
    """Print the leaderboard: your results and the published ones. If there are many tables, print a line for each."""
    registry, settings = load(strict, plugin)
    from suite.contracts import Setting
    from suite.errors import SuiteError
    from suite.run.selection import Request, current, select_tasks

    pairs = tuple(map(setting_pair, setting or ()))
    asked = Request(tasks=tuple(task or ("*",)), settings=pairs, all_settings=all_settings)
    request = current(registry, asked, lambda text: echo(text, err=True))
    if runs:
        _print_runs(settings, registry, request, source, form)
        return
    everything = newest_board(settings, registry)
    choices = {choice.task.id: choice for choice in select_tasks(registry, request)}
    if by:
        if by in dict(request.settings):
            raise SuiteError("--by and --setting name the same axis", place=f"--by {by}", next=f"suite board --by {by}")
        _print_by(everything, registry, list(choices.values()), by, together, everywhere, form)
        return

    def is_asked(entry: Entry) -> bool:
        if all_settings:
            return all((axis, entry.setting.get(axis)) in request.settings for axis, _ in request.settings)
        return entry.setting in map(dict, choices[entry.task].settings)

    of_tasks = [entry for entry in everything.entries if entry.task in choices and (protocols or entry.current)]
    entries = [entry for entry in of_tasks if is_asked(entry)]
    if task and not entries:
        wanted = [part for axis, value in request.settings for part in ("--setting", f"{axis}={value}")]
        from suite.store.urls import shown

        command, options = ("board", ["--all-settings"]) if of_tasks else ("run", wanted)
        raise SuiteError(
            f"no results of {', '.join(request.tasks)}{' in this setting' if of_tasks else ''}",
            place=shown(settings.database_url),
            next=shlex.join(["suite", command, "--task", request.tasks[0], *options]),
        )
    plain = form is Format.table and not (
        task or setting or all_settings or protocols or together or everywhere or full
    )
    if plain and len(entries) > MANY:
        print_overview(entries, source.value)
        _print_left_out(everything.index)
        return
    tables = (table.together() if together else table for table in map(everything.table, entries))
    _print_tables(everything.index, tables, source, form, full, everywhere)
    if form is Format.table:
        for name in dict.fromkeys(entry.task for entry in of_tasks):
            others = [str(Setting(e.setting)) for e in of_tasks if e.task == name and e.current and not is_asked(e)]
            if others:
                echo(f"{name} has results in other settings: {'; '.join(others)}; see --setting, --by")
        _print_left_out(everything.index, not_installed=not task)


def newest_board(settings: Settings, registry: Registry) -> Board:
    """Return the board, brought up to date; the last one, with a note of its age, where the store does not answer."""
    from suite.board.artifact import board_folder, last_board, load_board
    from suite.errors import SuiteError

    try:
        return load_board(settings, registry)
    except SuiteError as error:
        from suite.store.complaints import Unanswered

        last = last_board(board_folder(settings)) if isinstance(error, Unanswered) else None
        if last is None:
            raise
        echo(f"warning: {error.cause}; this is the last board, made {last.index.built}", err=True)
        return last


def _print_tables(
    index: Index, tables: Iterable[Table], source: Whose, form: Format, full: bool, everywhere: bool
) -> None:
    from suite.board.badges import is_of
    from suite.board.export import flat_rows, json_parts
    from suite.cli.tables import print_table

    shown = ((table.keeping(lambda row: is_of(row, source.value)), table) for table in tables)
    kept = ((part, table) for part, table in shown if part.rows or not table.rows)
    if form is Format.json:
        for text in json_parts(index, (part for part, _ in kept)):
            print_json(text)
        return
    if form is Format.csv:
        print_csv([row for part, _ in kept for row in flat_rows(part)])
        return
    for part, table in kept:
        print_table(part, full=full, everywhere=everywhere, of=table)


def _print_left_out(index: Index, *, not_installed: bool = True) -> None:
    """Say which submissions are left out and why, and which tasks that are not installed."""
    for name, why in index.refused.items():
        echo(f"submission {name} is not shown: {why}")
    for name, count in index.not_installed.items() if not_installed else ():
        echo(f"{name} is not installed, and its {counted(count, 'run')} are not shown; see: suite plugins")


def _print_by(
    board: Board,
    registry: Registry,
    choices: Sequence[TaskChoice],
    axis: str,
    together: bool,
    everywhere: bool,
    form: Format,
) -> None:
    from suite.board.answer import named
    from suite.board.export import flat_axis, shown_axis
    from suite.contracts import Setting
    from suite.errors import SuiteError, did_you_mean

    axes = {name for choice in choices for setting in choice.settings for name in setting}
    if axis not in axes:
        whose = choices[0].task.id if len(choices) == 1 else "none of these tasks"
        owners = sorted(entry.name for entry in registry.tasks if axis in {each.name for each in entry.value.axes})
        raise SuiteError(
            f"{whose} has {'no' if len(choices) == 1 else 'the'} axis {axis!r}.{did_you_mean(axis, axes)}"
            + (f" Tasks that have it: {named(owners)}." if owners else ""),
            place=f"--by {axis}",
            next=f"suite board -t {owners[0]} --by {axis}" if owners else "suite tasks",
        )
    asked = [(choice.task.id, setting) for choice in choices for setting in choice.settings if axis in setting]
    others = dict.fromkeys((task, Setting({k: v for k, v in setting.items() if k != axis})) for task, setting in asked)
    along = [(at, tables) for task, at in others if (tables := board.along(task, axis, at))]
    if not along:
        raise SuiteError(f"no results by {axis}", place="--by", next=f"suite run --task {asked[0][0]} --all-settings")
    fields = [(at, {v: t.together() if together else t for v, t in tables.items()}) for at, tables in along]
    if form is not Format.table:
        print_list([row for _, tables in fields for row in flat_axis(tables)], form)
        return
    for at, tables in fields:
        first = next(iter(tables.values()))
        metric = first.metric(first.primary.metric)
        unit = f"{first.primary} ({metric.shown_unit}, {metric.direction} is better)"
        ranks = "rank (best–worst), = not told apart from the best"
        echo(f"\n{first.task} · {f'{at} · ' if at else ''}{unit}, {ranks} by {axis}")
        print_list(shown_axis(tables, everywhere=everywhere), form)


def _print_runs(settings: Settings, registry: Registry, request: Request, source: Whose, form: Format) -> None:
    from fnmatch import fnmatchcase

    from suite.board.artifact import PATIENCE
    from suite.board.rows import changed, members_of
    from suite.contracts import Setting
    from suite.store.archive import Archive

    archive = Archive(settings, PATIENCE)
    rows = [
        {
            "run": run.id,
            "state": run.state,
            "task": run.cell.task,
            "setting": str(Setting(run.cell.setting)),
            "method": run.cell.method,
            "parameters": ", ".join(
                f"{name}={value}"
                for name, value in changed(members_of(registry, run.cell.method, {})[0], run.cell.parameters).items()
            ),
            "seed": run.cell.seed,
            "attempt": run.attempt,
            "seconds": run.wall_seconds,
            "started": run.started.isoformat(sep=" ", timespec="seconds"),
            "whose": owner.name if owner else "merged" if run.origin else "own",
            "error": (run.error or "").splitlines()[0] if run.error else None,
        }
        for run, owner in sorted(
            archive.latest_runs(scores=False),
            key=lambda pair: (pair[0].cell.task, pair[0].cell.method, pair[0].cell.seed),
        )
        for names in [{run.cell.task, registry.former_tasks.get(run.cell.task, (run.cell.task,))[0]}]
        if any(fnmatchcase(name, pattern) for name in names for pattern in request.tasks)
        if all((axis, run.cell.setting.get(axis)) in request.settings for axis, _ in request.settings)
        if source is Whose.all or (owner is not None) == (source is Whose.published)
    ]
    archive.close()
    print_list(rows, form)
