"""A row of a table: what its runs say, averaged over seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from suite.board.model import Point, Row, SeedRun, Value
from suite.contracts import Column, Method, Metric
from suite.registry import Registry
from suite.stats.intervals import t_interval
from suite.store.rows import RunRow, ScoreRow

UNFINISHED = ("running", "stale", "late")


def counted(seeds: Sequence[int], runs: Sequence[RunRow]) -> list[RunRow]:
    """Return the done runs that a row's numbers come from, by seed: those of the task's own seeds if there are any."""
    done = sorted((run for run in runs if run.state == "done"), key=lambda run: run.cell.seed)
    return [run for run in done if run.cell.seed in seeds] or done  # seeds beyond the task's own are not mixed in


def make_row(
    registry: Registry,
    metrics: Mapping[str, Metric],
    primary: Column,
    seeds: Sequence[int],
    runs: Sequence[RunRow],
    facts: Mapping[str, str],
) -> Row:
    """Return the row of a method with its parameters, from one run of each seed; it has no place yet."""
    cell, scored = runs[0].cell, counted(seeds, runs)
    members = _members(registry, cell.method, cell.parameters)
    method = members[0]
    needs = frozenset[str]().union(*(member.needs for member in members if member))
    defaults = method.Parameters().model_dump(mode="json") if method else {}
    lacking = [seed for seed in seeds if seed not in {run.cell.seed for run in scored}]
    track, _, name = cell.method.partition("/")
    return Row(
        method=cell.method,
        name=name,
        version=cell.method_version,
        parameters=cell.parameters,
        changed={key: value for key, value in cell.parameters.items() if key not in defaults or defaults[key] != value},
        chosen={run.cell.seed: run.tuning["chosen"] for run in scored if run.tuning},
        card=method.card if method else None,
        access=tuple(sorted(needs & registry.tracks[track].privileges)),
        standing=method.standing if method and all(members) else "not installed",
        unranked=f"seeds {', '.join(map(str, lacking))} are not done" if lacking else "",
        seeds=tuple(run.cell.seed for run in scored),
        failed=dict(Counter(run.state for run in runs if run.state not in ("done", *UNFINISHED))),
        values=_values(metrics, scored),
        points=tuple(
            Point(seed=run.cell.seed, value=score.value, run=run.id)
            for run in scored
            for score in run.scores
            if (score.metric, score.subset) == (primary.metric, primary.subset)
        ),
        cost=_mean_cost(scored),
        facts=dict(facts),
        runs=tuple(
            SeedRun(seed=run.cell.seed, state=run.state, run=run.id)
            for run in sorted(runs, key=lambda run: run.cell.seed)
        ),
    )


def _members(registry: Registry, name: str, parameters: Mapping[str, Any]) -> list[type[Method] | None]:
    """Return the method of a cell, and then its partners, which stand in its parameters as ``ring(size=3)``."""
    if name not in registry.methods:
        return [None]
    method = registry.methods[name]
    labels = (str(parameters[role]).partition("(")[0] for role in method.partners if parameters.get(role))
    installed = {entry.value.name: entry.value for entry in registry.methods_of(method.track)}
    return [method, *map(installed.get, labels)]


def _values(metrics: Mapping[str, Metric], runs: Sequence[RunRow]) -> tuple[Value, ...]:
    scores: dict[Column, list[ScoreRow]] = {}
    for score in (score for run in runs for score in run.scores if score.metric in metrics):
        scores.setdefault(Column(metric=score.metric, subset=score.subset), []).append(score)
    return tuple(_value(metrics[column.metric], column, of_column) for column, of_column in scores.items())


def _value(metric: Metric, column: Column, scores: list[ScoreRow]) -> Value:
    """Return the mean over seeds with the interval over seeds; for one seed with the score's own, over samples."""
    values = [score.value for score in scores]
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
        partial=any(score.partial for score in scores),
    )


def _mean_cost(runs: Sequence[RunRow]) -> dict[str, float]:
    """Return the mean of each cost over the runs that state it."""
    stated: dict[str, list[float]] = {}
    for run in runs:
        resources = {"wall_seconds": run.wall_seconds, "peak_memory_bytes": run.peak_memory_bytes}
        for name, value in {**run.cost, **resources}.items():
            if value is not None:
                stated.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in stated.items()}
