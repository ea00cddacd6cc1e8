"""Scores of samples: the only code that makes them, whether a cell has just run or its samples were stored long ago."""

from __future__ import annotations

import math
from dataclasses import replace

from suite.contracts import Interval, Metric, Samples, Score, Task
from suite.stats.sampled import normal_interval
from suite.store.rows import ScoreRow

SAME = 1e-9
Number = Score | ScoreRow


def scores_of(task: Task, samples: Samples) -> tuple[Score, ...]:
    """Return a score for every column of the task that the samples have a value in."""
    scores = []
    for column in task.columns:
        value = samples.value(column)
        if value is None:
            continue
        interval = value.interval
        if interval is None and (influence := samples.influence(column)) is not None:
            interval = normal_interval(influence.strata, basis=influence.basis)
        scores.append(
            Score(
                metric=column.metric,
                subset=column.subset,
                value=value.value,
                n=value.n,
                partial=value.partial,
                interval=None if interval is None else _within(task.metric(column.metric), interval),
            )
        )
    return tuple(scores)


def agree(ours: Number | None, theirs: Number | None) -> bool:
    """Tell whether two scores are one; other threads add in another order, which moves a last digit."""
    if ours is None or theirs is None or (ours.n, ours.partial) != (theirs.n, theirs.partial):
        return False
    numbers = [[score.value, *_ends(score)] for score in (ours, theirs)]
    return len(numbers[0]) == len(numbers[1]) and all(
        math.isclose(*pair, rel_tol=SAME, abs_tol=SAME) for pair in zip(*numbers, strict=True)
    )


def _ends(score: Number) -> tuple[float, ...]:
    return () if score.interval is None else (score.interval.low, score.interval.high)


def undeclared(task: Task, samples: Samples) -> str:
    """Return what samples measured that is no column of the task, in words; an empty string if there is no such."""
    metrics = {metric.name for metric in task.metrics}
    for column in samples.measured.keys() - set(task.columns):
        if column.metric not in metrics:
            return f"score of undeclared metric {column.metric!r}"
        return f"score on undeclared subset {column.subset!r}"
    return ""


def _within(metric: Metric, interval: Interval) -> Interval:
    """Return an interval cut at the metric's bounds."""
    low, high = metric.bounds
    return replace(
        interval,
        low=interval.low if low is None else max(low, interval.low),
        high=interval.high if high is None else min(high, interval.high),
    )
