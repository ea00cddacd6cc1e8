"""Builds the board from the store. The only code that aggregates: table, rank and export cannot disagree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from suite.board.facts import split_facts
from suite.board.model import FORMAT, Board, Point, Row, SeedRun, Table, Track, Value
from suite.board.ranking import ReadSamples, ranked
from suite.contracts import Column, Metric, Task
from suite.hashing import canonical_json, digest
from suite.registry import Registry
from suite.stats.intervals import t_interval
from suite.store.reading import Reader
from suite.store.rows import RunRow, ScoreRow

T = TypeVar("T")
K = TypeVar("K")
UNFINISHED = ("running", "stale", "late")


def build_board(reader: Reader, registry: Registry, read: ReadSamples) -> Board:
    """Return the board of everything in the store whose task is registered; ``read`` returns a run's samples."""
    import suite

    stamp = board_stamp(reader, registry)
    tables = [
        _table(registry.tasks[task](), registry, runs, protocol == newest, read)
        for task, of_task in _grouped(reader.latest_runs(), lambda run: run.cell.task).items()
        if task in registry.tasks
        for newest in [max(of_task, key=_recency).cell.protocol]
        for protocol, runs in _grouped(of_task, lambda run: run.cell.protocol).items()
    ]
    return Board(
        suite=suite.__version__,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        stamp=stamp,
        tracks=tuple(
            Track(name=entry.name, title=entry.value.title, question=entry.value.question) for entry in registry.tracks
        ),
        tables=tuple(sorted(tables, key=lambda table: (table.task, not table.current, table.protocol))),
    )


def board_stamp(reader: Reader, registry: Registry) -> str:
    """Return what changes whenever a board built now would differ from one built before."""
    methods = [
        [entry.name, entry.value.version, entry.value.league, entry.value.card.model_dump()]
        for entry in registry.methods
    ]
    tasks = [
        [entry.name, entry.value.version, entry.value.title, entry.value.summary, entry.value.comparable_by]
        for entry in registry.tasks
    ]
    return digest([FORMAT, reader.stamp(), methods, tasks])


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _table(task: Task, registry: Registry, runs: list[RunRow], current: bool, read: ReadSamples) -> Table:
    done = [run for run in runs if run.state == "done"]
    example = max(done or runs, key=lambda run: run.started)
    by_method = _grouped(runs, lambda run: run.cell.method)
    newest = [run for of_method in by_method.values() for run in _newest_code(of_method)]
    variants = _grouped(newest, lambda run: (run.cell.method, canonical_json(run.cell.parameters)))
    of_rows = [_one_per_seed(of_row) for of_row in variants.values()]
    facts, own = split_facts([{run.cell.seed: run.facts for run in _counted(task, of_row)} for of_row in of_rows])
    rows = [_row(task, registry, of_row, said) for of_row, said in zip(of_rows, own, strict=True)]
    rows = [row for row in rows if row.values or row.failed]
    comparison, placed = ranked(task, rows, registry.tracks[task.track].leagues, read)
    return Table(
        task=task.id,
        version=example.cell.task_version,
        track=task.track,
        tier=task.tier,
        title=task.title,
        summary=task.summary,
        protocol=example.cell.protocol,
        current=current,
        primary=task.primary,
        metrics=task.metrics,
        subsets=task.subsets,
        missing=tuple(sorted({subset for run in done for subset in run.missing}, key=_order(task.subsets))),
        seeds=task.seeds,
        ingredients=example.ingredients,
        facts=facts,
        comparable_by=task.comparable_by,
        comparison=comparison,
        rows=placed,
    )


def _order(subsets: tuple[str, ...]) -> Callable[[str], int]:
    return lambda subset: subsets.index(subset) if subset in subsets else len(subsets)


def _newest_code(runs: list[RunRow]) -> list[RunRow]:
    """Keep a method's runs of the version, and in editable code of the source, that was run last."""

    def code(run: RunRow) -> tuple[str, str | None]:
        return run.cell.method_version, json.loads(run.cell.identity).get("method_source")

    newest = code(max(runs, key=lambda run: run.started))
    return [run for run in runs if code(run) == newest]


def _one_per_seed(runs: list[RunRow]) -> list[RunRow]:
    return [max(of_seed, key=_recency) for of_seed in _grouped(runs, lambda run: run.cell.seed).values()]


def _recency(run: RunRow) -> tuple[bool, datetime]:
    return run.state == "done", run.started


def _counted(task: Task, runs: list[RunRow]) -> list[RunRow]:
    """Return the done runs that a row's numbers come from, by seed."""
    done = sorted((run for run in runs if run.state == "done"), key=lambda run: run.cell.seed)
    official = [run for run in done if run.cell.seed in task.seeds]
    return official or done  # seeds beyond the task's own are not mixed in


def _row(task: Task, registry: Registry, runs: list[RunRow], facts: dict[str, str]) -> Row:
    cell, counted = runs[0].cell, _counted(task, runs)
    known = cell.method in registry.methods
    method = registry.methods[cell.method] if known else None
    defaults = method.Parameters().model_dump(mode="json") if method else {}
    changed = {
        name: value for name, value in cell.parameters.items() if name not in defaults or defaults[name] != value
    }
    values = _values(task, counted)
    lacking = [seed for seed in task.seeds if seed not in {run.cell.seed for run in counted}]
    return Row(
        method=cell.method,
        name=cell.method.split("/", 1)[1],
        version=cell.method_version,
        parameters=cell.parameters,
        changed=changed,
        chosen={run.cell.seed: run.tuning["chosen"] for run in counted if run.tuning},
        card=method.card if method else None,
        league=method.league if method else "not installed",
        place=None,
        best=None,
        worst=None,
        together=None,
        unranked=f"seeds {', '.join(map(str, lacking))} are not done" if lacking else "",
        seeds=tuple(run.cell.seed for run in counted),
        failed=dict(Counter(run.state for run in runs if run.state not in ("done", *UNFINISHED))),
        values=values,
        points=tuple(
            Point(seed=run.cell.seed, value=each.value, run=run.id)
            for run in counted
            for each in run.scores
            if (each.metric, each.subset) == (task.primary.metric, task.primary.subset)
        ),
        cost=_mean_cost(counted),
        facts=facts,
        runs=tuple(
            SeedRun(seed=run.cell.seed, state=run.state, run=run.id)
            for run in sorted(runs, key=lambda run: run.cell.seed)
        ),
    )


def _values(task: Task, runs: list[RunRow]) -> tuple[Value, ...]:
    metrics = {metric.name: metric for metric in task.metrics}
    scores = [each for run in runs for each in run.scores if each.metric in metrics]
    columns = _grouped(scores, lambda each: Column(metric=each.metric, subset=each.subset))
    return tuple(_value(metrics[column.metric], column, found) for column, found in columns.items())


def _value(metric: Metric, column: Column, scores: list[ScoreRow]) -> Value:
    """Return the mean over seeds with the interval over seeds; for one seed with the score's own, over samples."""
    values = [each.value for each in scores]
    interval = t_interval(values, over="seeds") if len(scores) > 1 else scores[0].interval
    low, high = metric.bounds
    return Value(
        metric=column.metric,
        subset=column.subset,
        mean=sum(values) / len(values),
        low=None if interval is None else interval.low if low is None else max(low, interval.low),
        high=None if interval is None else interval.high if high is None else min(high, interval.high),
        basis="" if interval is None else f"{100 * interval.level:g} %, {interval.basis}",
        n=len(values),
        partial=any(each.partial for each in scores),
    )


def _mean_cost(runs: list[RunRow]) -> dict[str, float]:
    """Return the mean of each cost over the runs that state it."""
    stated: dict[str, list[float]] = {}
    for run in runs:
        resources = {"wall_seconds": run.wall_seconds, "peak_memory_bytes": run.peak_memory_bytes}
        for name, value in {**run.cost, **resources}.items():
            if value is not None:
                stated.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in stated.items()}
