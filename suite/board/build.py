"""Builds the tables of a task from the store. The only code that aggregates: table, rank and export cannot disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from suite.board.facts import split_facts
from suite.board.model import Axis, Table
from suite.board.ranking import ranked
from suite.board.rows import counted, make_row
from suite.board.samples import ReadTable, samples_reader
from suite.board.scores import scores_by_seed
from suite.board.values import Numbers, recorded_columns
from suite.contracts import Column, Setting, Task
from suite.contracts.substitute import NETWORK, STANDARD
from suite.hashing import canonical_json
from suite.registry import Registry
from suite.store.columns import Recorded, Scores
from suite.store.reading import Reader
from suite.store.stored import StoredRun, parsed

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Source:
    """What tables are made from: the store, what is registered, and what returns a run's stored table.

    ``scores`` are all of the store, for whoever makes most of its tables.
    """

    reader: Reader
    registry: Registry
    read: ReadTable
    scores: Recorded | None = None


@dataclass(frozen=True)
class Part:
    """The runs of one setting under one protocol, by today's name of their method."""

    setting: Setting
    protocol: str
    by_method: dict[str, list[StoredRun]]

    @property
    def runs(self) -> list[StoredRun]:
        """All of them."""
        return [run for runs in self.by_method.values() for run in runs]


def build_tables(source: Source, task: Task, stored: Sequence[str]) -> Iterator[tuple[Table, pa.Table]]:
    """Yield the tables of a task with the scores behind them; ``stored`` are the names that it has in the store.

    By setting, the default one first, and of each the current protocol first. The scores have a row for each score of
    each seed that counts: label, method, seed, run, metric, subset, value.
    """
    runs, scores = source.reader.columns(stored, source.scores)
    parts = _parts(source.registry, task, runs)
    axes = _axes(task, [part.setting for part in parts])
    newest = {
        setting: max((run, part.protocol) for part in of_setting for run in [_recency(part.runs)])[1]
        for setting, of_setting in _grouped(parts, lambda part: part.setting).items()
    }

    def order(part: Part) -> tuple[list[int], bool, str]:
        places = [axis.values.index(part.setting[axis.name]) for axis in axes if axis.name in part.setting]
        return places, part.protocol != newest[part.setting], part.protocol

    for part in sorted(parts, key=order):
        yield _table(source, task, axes, part, part.protocol == newest[part.setting], scores)


def _parts(registry: Registry, task: Task, runs: Iterable[StoredRun]) -> list[Part]:
    """Sort runs by setting and protocol, under what task and method are called today, with a value on every axis.

    Values that are not allowed any more stay as they are stored.
    """
    defaults = {axis.name: axis.default for axis in task.axes}
    parts: dict[tuple[Setting, str], dict[str, list[StoredRun]]] = {}
    stored = _grouped(runs, lambda run: (run.task, run.method, run.setting, run.protocol))
    for (former_task, former_method, text, protocol), same in stored.items():
        _, of_task = registry.former_tasks.get(former_task, (task.id, {}))
        method, of_method = registry.former_methods.get(former_method, (former_method, {}))
        former = {axis: value for axis, value in {**of_task, **of_method}.items() if axis in defaults}
        setting = Setting({**defaults, **former, **parsed(text)})
        parts.setdefault((setting, protocol), {}).setdefault(method, []).extend(same)
    return [Part(setting, protocol, by_method) for (setting, protocol), by_method in parts.items()]


def _axes(task: Task, seen: Sequence[Setting]) -> tuple[Axis, ...]:
    declared = {axis.name: axis for axis in task.axes}
    undeclared = {NETWORK: ((STANDARD,), "Whose network is asked: the task's own, or one that a user brought.")}
    return tuple(
        Axis(
            name=name,
            values=tuple(dict.fromkeys([*values, *sorted({setting[name] for setting in seen if name in setting})])),
            about=about,
        )
        for name in dict.fromkeys([*declared, *(name for setting in seen for name in setting)])
        for values, about in [
            (declared[name].values, declared[name].about) if name in declared else undeclared.get(name, ((), ""))
        ]
    )


def _table(
    source: Source, task: Task, axes: tuple[Axis, ...], part: Part, current: bool, scores: Scores
) -> tuple[Table, pa.Table]:
    runs = part.runs
    done = [run for run in runs if run.state == "done"]
    example = max(done or runs, key=lambda run: run.started)
    columns = recorded_columns(scores, task, done, source.reader)
    primary = _primary(task, part.setting, columns)
    subsets = tuple(dict.fromkeys([*task.subsets, *(column.subset for column in columns)]))
    metrics = {metric.name: metric for metric in task.metrics}
    of_rows = [
        (method, _one_per_seed(variant))
        for method, of_method in sorted(part.by_method.items())
        for variant in _grouped(_newest_code(of_method), lambda run: _canonical(run.parameters)).values()
    ]
    counting = [counted(task.seeds, of_row) for _, of_row in of_rows]
    facts, facts_of_rows = split_facts([{run.seed: parsed(run.facts) or {} for run in of_row} for of_row in counting])
    numbers = Numbers.of(scores, columns, counting)
    parts = zip(of_rows, numbers.scored(primary), numbers.means(metrics, source.reader), facts_of_rows, strict=True)
    rows = [
        make_row(source.registry, method, task.seeds, of_row, scored, values, row_facts)
        for (method, of_row), scored, values, row_facts in parts
    ]
    shown = [row for row in rows if row.values or row.failed]
    kept = {run.id for run in runs if run.samples}
    read = samples_reader(task, lambda run: source.read(run) if run in kept else None)
    ranking = ranked(metrics[primary.metric], primary, shown, read)
    missing = {subset for run in done for subset in parsed(run.missing) or ()}
    ended = max((_time(run.ended) for run in runs if run.ended), default=None)
    table = Table(
        task=task.id,
        setting=dict(part.setting),
        axes=axes,
        version=example.task_version,
        track=task.track,
        tier=task.tier,
        title=task.title,
        summary=task.summary,
        protocol=part.protocol,
        current=current,
        primary=primary,
        metrics=task.metrics,
        subsets=subsets,
        missing=tuple(sorted(missing, key=_order(subsets))),
        seeds=task.seeds,
        ingredients=parsed(example.ingredients) or {},
        facts=facts,
        comparable_by=task.comparable_by,
        comparison=ranking.comparison,
        predicted=ranking.predicted,
        ended=ended and ended.isoformat(timespec="seconds"),
        rows=ranking.rows,
    )
    return table, scores_by_seed(numbers, [(row.label, row.method) for row in rows])


def _primary(task: Task, setting: Setting, recorded: Sequence[Column]) -> Column:
    """Return the column that ranks: the task's, unless an earlier version that did not have it made all runs.

    That ranked by the first column of the metric; where subsets have become settings since, by that of the setting.
    """
    columns = [column for column in recorded if column.metric == task.primary.metric]
    if not columns or task.primary in columns:
        return task.primary
    return next((column for column in columns if column.subset in setting.values()), columns[0])


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _order(subsets: tuple[str, ...]) -> Callable[[str], int]:
    return lambda subset: subsets.index(subset) if subset in subsets else len(subsets)


def _newest_code(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Keep a method's runs of the version, and in editable code of the source, that was run last."""
    newest = max(runs, key=lambda run: run.started)
    return [run for run in runs if (run.method_version, run.source) == (newest.method_version, newest.source)]


def _one_per_seed(runs: Sequence[StoredRun]) -> list[StoredRun]:
    by_seed: dict[int, StoredRun] = {}
    for run in runs:
        known = by_seed.setdefault(run.seed, run)
        if known is not run and _recency([run]) > _recency([known]):
            by_seed[run.seed] = run
    return list(by_seed.values())


def _recency(runs: Sequence[StoredRun]) -> tuple[bool, Any]:
    return max((run.state == "done", run.started) for run in runs)


@lru_cache
def _canonical(parameters: str) -> str:
    return canonical_json(parsed(parameters))


def _time(stored: datetime | str) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
