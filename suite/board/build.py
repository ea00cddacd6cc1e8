"""Builds the tables of a task from the store. The only code that aggregates: table, rank and export cannot disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from suite.board.claims import Code, Owners, claims, grouped, recency
from suite.board.facts import split_facts
from suite.board.marks import marks
from suite.board.model import Axis, Table
from suite.board.ranking import ranked
from suite.board.rows import counted, make_row
from suite.board.samples import samples_reader
from suite.board.scores import scores_by_seed
from suite.board.sources import Runs, Source
from suite.board.values import Numbers, recorded_columns
from suite.contracts import Column, Setting, Task
from suite.contracts.substitute import NETWORK, STANDARD
from suite.registry import Registry
from suite.source import source_digest, task_source
from suite.store.stored import StoredRun, parsed

if TYPE_CHECKING:
    import pyarrow as pa


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
    made_from = source.runs_of(stored)
    parts = _parts(source.registry, task, made_from.runs)
    axes = _axes(task, [part.setting for part in parts])
    code, owners = (task.version, task_source(task)), made_from.owners
    newest = {
        setting: max(
            (_is_of(part, code), _has_own(part, owners), recency(part.runs), part.protocol) for part in of_setting
        )[-1]
        for setting, of_setting in grouped(parts, lambda part: part.setting).items()
    }

    def order(part: Part) -> tuple[list[int], bool, str]:
        places = [axis.values.index(part.setting[axis.name]) for axis in axes if axis.name in part.setting]
        return places, part.protocol != newest[part.setting], part.protocol

    for part in sorted(parts, key=order):
        yield _table(made_from, task, axes, part, part.protocol == newest[part.setting])


def _is_of(part: Part, code: Code) -> bool:
    return any((run.task_version, run.task_source) == code for run in part.runs)


def _has_own(part: Part, owners: Owners) -> bool:
    """Tell whether a run of the store is done: what others publish later makes no earlier protocol of it."""
    return any(run.state == "done" and run.id not in owners for run in part.runs)


def _code_now(registry: Registry, method: str) -> Code | None:
    if method not in registry.methods:
        return None
    entry = registry.methods.entry(method)
    return entry.value.version, source_digest(entry)


def _parts(registry: Registry, task: Task, runs: Iterable[StoredRun]) -> list[Part]:
    """Sort runs by setting and protocol, under what task and method are called today, with a value on every axis.

    Values that are not allowed any more stay as they are stored.
    """
    defaults = {axis.name: axis.default for axis in task.axes}
    parts: dict[tuple[Setting, str], dict[str, list[StoredRun]]] = {}
    stored = grouped(runs, lambda run: (run.task, run.method, run.setting, run.protocol))
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


def _table(made_from: Runs, task: Task, axes: tuple[Axis, ...], part: Part, current: bool) -> tuple[Table, pa.Table]:
    registry, scores, runs = made_from.source.registry, made_from.scores, part.runs
    done = [run for run in runs if run.state == "done"]
    example = max(done or runs, key=lambda run: run.started)
    columns = recorded_columns(scores, task, done, made_from)
    primary = _primary(task, part.setting, columns)
    subsets = tuple(dict.fromkeys([*task.subsets, *(column.subset for column in columns)]))
    metrics = {metric.name: metric for metric in task.metrics}
    of_rows = [
        (method, claim)
        for method, of_method in sorted(part.by_method.items())
        for claim in claims(of_method, task.seeds, made_from.owners, partial(_code_now, registry, method))
    ]
    counting = [counted(task.seeds, claim.runs) for _, claim in of_rows]
    facts, facts_of_rows = split_facts([{run.seed: parsed(run.facts) or {} for run in of_row} for of_row in counting])
    numbers = Numbers.of(scores, columns, counting)
    means = numbers.means(metrics, made_from)
    parts = zip(of_rows, counting, numbers.scored(primary), means, facts_of_rows, strict=True)
    rows = [
        make_row(registry, method, task.seeds, claim.runs, scored, values, row_facts, said, made_from.source.declared)
        for (method, claim), counts, scored, values, row_facts in parts
        for said in [marks(claim, counts, made_from, primary)]
    ]
    shown = [row for row in rows if row.values or row.failed]
    kept = {run.id: run for run in runs if run.samples}
    read = samples_reader(task, lambda run: made_from.table(kept[run]) if run in kept else None)
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


def _order(subsets: tuple[str, ...]) -> Callable[[str], int]:
    return lambda subset: subsets.index(subset) if subset in subsets else len(subsets)


def _time(stored: datetime | str) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
