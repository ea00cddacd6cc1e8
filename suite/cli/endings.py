"""What ``suite run`` says beside the board: what it did, what it would do, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from suite.cli.output import Format, counted, duration, echo, print_csv, print_json, print_list

if TYPE_CHECKING:
    from suite.board.board import Board
    from suite.run.plan import Outlook
    from suite.run.summary import Summary
    from suite.settings import Settings

SLOWEST = 10
NAMED = 10
"""Cells that failed of which the reason is told again at the end."""


def print_board(board: Board, summary: Summary, form: Format, *, brief: bool) -> None:
    """Print the tables of what was asked for; with ``brief`` no more of each than one looks at first."""
    from suite.board.export import flat_rows, json_parts
    from suite.cli.tables import print_head, print_table

    entries = (entry for entry in board.entries if entry.current)
    tables = (board.table(e) for e in entries if e.setting in map(dict, summary.asked.get(e.task, ())))
    if form is Format.json:
        for text in json_parts(board.index, tables):
            print_json(text)
    elif form is Format.csv:
        print_csv([row for table in tables for row in flat_rows(table)])
    else:
        for table in tables:
            print_head(table) if brief else print_table(table)


def print_summary(summary: Summary, settings: Settings) -> None:
    """Print how many cells ran, failed and wait, and which took longest."""
    from suite.store.urls import shown

    if len(summary.seconds) > SLOWEST:
        slowest = sorted(summary.seconds.items(), key=lambda item: -item[1])[:SLOWEST]
        echo("the slowest cells:", err=True)
        for cell, seconds in slowest:
            echo(f"{seconds:8.1f} s  {cell}", err=True)
    ran = sum(summary.states.values())
    counts = {
        "run": ran,
        "recovered from an earlier run": summary.recovered,
        "done before": summary.done_before,
        "left to another runner": summary.elsewhere,
        "cancelled": summary.cancelled,
    }
    parts = [f"{counted(count, 'cell')} {what}" for what, count in counts.items() if count or what == "run"]
    echo(
        f"{', '.join(parts)}; store: {shown(settings.database_url)}"
        if ran
        else f"nothing to run: {', '.join(parts[1:]) or 'no cell is ready'}"
    )
    if summary.elsewhere:
        echo("other runners have these cells; to wait for them: suite run --wait")
    if summary.waiting or summary.unprepared:
        seeds = f" and all of {counted(summary.unprepared, 'seed')}" if summary.unprepared else ""
        echo(f"the time is over: {counted(summary.waiting, 'cell')}{seeds} left; the same command goes on")
    if late := summary.states.get("late"):
        echo(f"{counted(late, 'cell')} ended late: another runner took over, and its result counts")
    failed = {state: count for state, count in summary.states.items() if state not in ("done", "late")}
    for each in summary.failures[:NAMED]:
        why = f": {each.error.splitlines()[0]}" if each.error else ""
        see = f"; see: suite show {each.run[:8]} --log" if each.run else ""
        echo(f"{each.state}: {each.cell}{why}{see}")
    if failed:
        echo(f"failed: {', '.join(f'{count} {state}' for state, count in failed.items())}; see: suite board --runs")
    if summary.failed_before:
        echo(f"{counted(summary.failed_before, 'cell')} failed before; again: suite run --retry-failed")
    for error in summary.errors:
        echo(f"error: {error}", err=True)


def print_outlook(places: Sequence[Outlook], errors: Sequence[str], settings: Settings) -> None:
    """Print what a run would do, task by task, and how long all of it is expected to take."""
    rows = [
        {
            "task": place.task,
            "setting": str(place.setting),
            "cells to run": place.run,
            "done": place.done,
            "failed": place.failed,
            "seeds to prepare": place.prepare,
            "one core": _expected(place.seconds, place.unknown),
        }
        for place in places
    ]
    print_list(rows, Format.table)
    cells = sum(place.run for place in places)
    prepare = sum(place.prepare for place in places)
    echo(
        f"{counted(cells, 'cell')} to run, {counted(prepare, 'seed')} to prepare: {expected(places, settings)} with "
        f"{counted(settings.workers, 'worker')}"
    )
    for error in errors:
        echo(f"error: {error}", err=True)


def print_next(places: Sequence[Outlook], settings: Settings) -> None:
    """Print what to do after the tour."""
    cells = sum(place.run for place in places)
    embedded = f"every embedded task: {counted(cells, 'cell')} more, {expected(places, settings)}"
    commands = {
        "suite board -t TASK": "a whole table; suite tasks lists them",
        "suite leaderboard": "the page: intervals, comparisons, pictures",
        "suite run --tier embedded": embedded,
        "suite run --plugin FILE": "with a method of your own: docs/plugins.md",
    }
    if not cells:
        del commands["suite run --tier embedded"]
    echo("\nNext:")
    for command, about in commands.items():
        echo(f"  {command:26} {about}")


def expected(places: Sequence[Outlook], settings: Settings) -> str:
    """Return how long all of it is expected to take with the workers that there are."""
    seconds, unknown = sum(place.seconds for place in places), sum(place.unknown for place in places)
    cells = max(1, sum(place.run + place.prepare for place in places))
    return _expected(seconds / min(settings.workers, cells), unknown)


def _expected(seconds: float, unknown: int) -> str:
    if not unknown:
        return f"about {duration(seconds)}" if seconds else "no time"
    return f"about {duration(seconds)} and what {unknown} parts take" if seconds else "unknown"
