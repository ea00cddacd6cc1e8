"""Builds the board from the store. The only code that aggregates: table, rank and export cannot disagree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from suite.board.facts import split_facts
from suite.board.model import FORMAT, Axis, Board, Table, Track
from suite.board.ranking import ranked
from suite.board.rows import counted, make_row
from suite.board.samples import ReadTable, samples_reader
from suite.contracts import Column, Setting, Task
from suite.hashing import canonical_json, digest
from suite.registry import Registry
from suite.store.reading import Reader
from suite.store.rows import RunRow

T = TypeVar("T")
K = TypeVar("K")


def build_board(reader: Reader, registry: Registry, read: ReadTable) -> Board:
    """Return the board of everything in the store whose task is registered; ``read`` returns a run's stored table."""
    import suite

    stamp = board_stamp(reader, registry)
    runs = [under_todays_names(run, registry) for run in reader.latest_runs()]
    by_task = _grouped((run for run in runs if run.cell.task in registry.tasks), lambda run: run.cell.task)
    return Board(
        suite=suite.__version__,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        stamp=stamp,
        tracks=tuple(
            Track(name=entry.name, title=entry.value.title, question=entry.value.question) for entry in registry.tracks
        ),
        tables=tuple(
            table
            for task, of_task in sorted(by_task.items())
            for table in _tables(registry.tasks[task](), registry, of_task, read)
        ),
    )


def board_stamp(reader: Reader, registry: Registry) -> str:
    """Return what changes whenever a board built now would differ from one built before."""
    tracks, tasks = [entry.value for entry in registry.tracks], [entry.value for entry in registry.tasks]
    methods = [entry.value for entry in registry.methods]
    shown = [
        [(t.name, t.title, t.question, sorted(t.privileges)) for t in tracks],
        [(t.id, t.version, t.tier, t.title, t.summary, t.seeds, t.subsets, t.comparable_by, t.formerly) for t in tasks],
        [(t.primary, t.metrics, [(axis.name, axis.values, axis.about) for axis in t.axes]) for t in tasks],
        [(m.track, m.name, m.version, m.card, m.standing, m.Parameters(), m.formerly) for m in methods],
        [(sorted(m.needs), sorted(m.partners)) for m in methods],
    ]
    return digest([FORMAT, reader.stamp(), repr(shown)])


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def under_todays_names(run: RunRow, registry: Registry) -> RunRow:
    """Return a run with what its task and method are called today, and with a value on every axis of its task.

    Values that are not allowed any more stay as they are stored.
    """
    cell = run.cell
    task, of_task = registry.former_tasks.get(cell.task, (cell.task, {}))
    method, of_method = registry.former_methods.get(cell.method, (cell.method, {}))
    defaults = {axis.name: axis.default for axis in registry.tasks[task].axes} if task in registry.tasks else {}
    former = {axis: value for axis, value in {**of_task, **of_method}.items() if axis in defaults}
    return replace(run, cell=replace(cell, task=task, method=method, setting={**defaults, **former, **cell.setting}))


def _tables(task: Task, registry: Registry, runs: Sequence[RunRow], read: ReadTable) -> list[Table]:
    """Return the tables of a task: by setting, the default one first, and of each the current protocol first."""
    seen = [run.cell.setting for run in runs]
    declared = {axis.name: axis for axis in task.axes}
    axes = tuple(
        Axis(
            name=name,
            values=tuple(dict.fromkeys([*values, *sorted({setting[name] for setting in seen if name in setting})])),
            about=about,
        )
        for name in dict.fromkeys([*declared, *(name for setting in seen for name in setting)])
        for values, about in [(declared[name].values, declared[name].about) if name in declared else ((), "")]
    )
    tables = []
    for setting, of_setting in _grouped(runs, lambda run: Setting(run.cell.setting)).items():
        newest = max(of_setting, key=_recency).cell.protocol
        for protocol, of_protocol in _grouped(of_setting, lambda run: run.cell.protocol).items():
            tables.append(_table(task, registry, setting, axes, of_protocol, protocol == newest, read))

    def order(table: Table) -> tuple[list[int], bool, str]:
        places = [axis.values.index(table.setting[axis.name]) for axis in axes if axis.name in table.setting]
        return places, not table.current, table.protocol

    return sorted(tables, key=order)


def _table(
    task: Task,
    registry: Registry,
    setting: Setting,
    axes: tuple[Axis, ...],
    runs: Sequence[RunRow],
    current: bool,
    read: ReadTable,
) -> Table:
    done = [run for run in runs if run.state == "done"]
    example = max(done or runs, key=lambda run: run.started)
    recorded = [Column(metric=score.metric, subset=score.subset) for run in done for score in run.scores]
    primary = _primary(task, setting, recorded)
    metrics = {metric.name: metric for metric in task.metrics}
    subsets = tuple(dict.fromkeys([*task.subsets, *(column.subset for column in recorded if column.metric in metrics)]))
    by_method = _grouped(runs, lambda run: run.cell.method)
    newest = [run for of_method in by_method.values() for run in _newest_code(of_method)]
    variants = _grouped(newest, lambda run: (run.cell.method, canonical_json(run.cell.parameters)))
    of_rows = [_one_per_seed(of_row) for of_row in variants.values()]
    stated = [{run.cell.seed: run.facts for run in counted(task.seeds, of_row)} for of_row in of_rows]
    facts, facts_of_rows = split_facts(stated)
    rows = [
        make_row(registry, metrics, primary, task.seeds, of_row, row_facts)
        for of_row, row_facts in zip(of_rows, facts_of_rows, strict=True)
    ]
    shown = [row for row in rows if row.values or row.failed]
    comparison, placed = ranked(metrics[primary.metric], primary, shown, samples_reader(task, read))
    return Table(
        task=task.id,
        setting=dict(setting),
        axes=axes,
        version=example.cell.task_version,
        track=task.track,
        tier=task.tier,
        title=task.title,
        summary=task.summary,
        protocol=example.cell.protocol,
        current=current,
        primary=primary,
        metrics=task.metrics,
        subsets=subsets,
        missing=tuple(sorted({subset for run in done for subset in run.missing}, key=_order(subsets))),
        seeds=task.seeds,
        ingredients=example.ingredients,
        facts=facts,
        comparable_by=task.comparable_by,
        comparison=comparison,
        rows=placed,
    )


def _primary(task: Task, setting: Setting, recorded: Sequence[Column]) -> Column:
    """Return the column that ranks: the task's, unless an earlier version that did not have it made all runs.

    That ranked by the first column of the metric; where subsets have become settings since, by that of the setting.
    """
    columns = [column for column in recorded if column.metric == task.primary.metric]
    if not columns or task.primary in columns:
        return task.primary
    return next((column for column in columns if column.subset in setting.values()), columns[0])


def _order(subsets: tuple[str, ...]) -> Callable[[str], int]:
    return lambda subset: subsets.index(subset) if subset in subsets else len(subsets)


def _newest_code(runs: Sequence[RunRow]) -> list[RunRow]:
    """Keep a method's runs of the version, and in editable code of the source, that was run last."""

    def code(run: RunRow) -> tuple[str, str | None]:
        return run.cell.method_version, json.loads(run.cell.identity).get("method_source")

    newest = code(max(runs, key=lambda run: run.started))
    return [run for run in runs if code(run) == newest]


def _one_per_seed(runs: Sequence[RunRow]) -> list[RunRow]:
    return [max(of_seed, key=_recency) for of_seed in _grouped(runs, lambda run: run.cell.seed).values()]


def _recency(run: RunRow) -> tuple[bool, datetime]:
    return run.state == "done", run.started
