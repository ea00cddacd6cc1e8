"""Two rows of a table side by side: paired differences on the same seeds, or on the same test samples of one model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from suite.board.model import Row, Table
from suite.board.ranking import SAMPLES, ReadSamples
from suite.contracts import Column, Task
from suite.errors import SuiteError
from suite.stats.paired import Difference, paired_t
from suite.stats.sampled import paired_normal, paired_resamples
from suite.store.reading import Reader


@dataclass(frozen=True)
class Comparison:
    """The difference a - b in a column."""

    column: Column
    difference: Difference


def compare(task: Task, table: Table, a: Row, b: Row, reader: Reader, read: ReadSamples) -> list[Comparison]:
    """Compare two rows in every column that both have, over the seeds that both have.

    With several seeds by paired t over seeds. With one by its samples: by each sample's influence where the task knows
    it (DeLong for AUROC), else by resampling.

    Raises:
        SuiteError: they have no seed in common.
    """
    runs_a, runs_b = ({each.seed: each.run for each in row.runs if each.seed in row.seeds} for row in (a, b))
    seeds = sorted(runs_a.keys() & runs_b.keys())
    if not seeds:
        raise SuiteError(
            f"{a.label} and {b.label} have no finished seed in common",
            place=table.task,
            next=f"suite run -t {table.task}",
        )
    values_a, values_b = ([_values(reader, runs[seed]) for seed in seeds] for runs in (runs_a, runs_b))
    columns = [column for column in table.columns if all(column in each for each in (*values_a, *values_b))]
    if len(seeds) > 1:
        return [
            Comparison(column, paired_t([v[column] for v in values_a], [v[column] for v in values_b], over="seeds"))
            for column in columns
        ]
    samples = [read(runs[seeds[0]]) for runs in (runs_a, runs_b)]
    found = []
    for column in columns:
        mean = values_a[0][column] - values_b[0][column]
        found.append(Comparison(column, _over_samples(task, column, mean, samples)))
    return found


def _values(reader: Reader, run: str) -> dict[Column, float]:
    scores = reader.run(run).scores
    return {Column(metric=score.metric, subset=score.subset): score.value for score in scores}


def _over_samples(task: Task, column: Column, mean: float, samples: list[Any]) -> Difference:
    one, other = samples
    if one is None or other is None:
        return Difference(mean, None, None, 1)
    a, b = (task.influence(each, column) for each in (one, other))
    if a is not None and b is not None:
        return paired_normal(a, b, basis=f"{SAMPLES}, DeLong")
    drawn = task.resamples([one, other], column)
    if drawn is None:
        return Difference(mean, None, None, 1)
    return paired_resamples(mean, *drawn, basis=f"{SAMPLES}, stratified bootstrap")
