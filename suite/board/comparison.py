"""Rows of a table side by side: paired differences on the same seeds, or on the same test samples of one model."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from suite.board.evidence import table_field
from suite.board.model import LEVEL, Difference, Row, Table
from suite.board.ranking import shown_difference
from suite.board.samples import ReadSamples, influence, paired_influence, resampled
from suite.contracts import Column, Samples
from suite.errors import SuiteError
from suite.stats import paired
from suite.stats.field import Field, paired_field
from suite.stats.pairs import each_level, pairs, together
from suite.stats.sampled import paired_resamples

if TYPE_CHECKING:
    import pyarrow as pa

    Values = dict[str, dict[int, float]]
    """A column's values by the row's label and the seed."""


@dataclass(frozen=True)
class Comparison:
    """Row ``a`` minus row ``b``, by their labels, in a column, over ``seeds`` common seeds.

    Intervals and p are corrected for the number of pairs that were asked for together, column by column.
    """

    column: Column
    a: str
    b: str
    difference: Difference
    seeds: int


def compare(
    table: Table, rows: Sequence[Row], columns: Sequence[Column], scores: pa.Table, read: ReadSamples
) -> list[Comparison]:
    """Compare every two of some rows of a table in those of the columns that all of them have.

    On the seeds that all of them have; ``scores`` are those by seed of the table, see `suite.board.board.Board.scores`.
    What is known of the spread comes from all rows of the table. With one seed it comes from the samples, which
    ``read`` returns: from each sample's influence where they know it, else from resampling.

    Raises:
        SuiteError: the rows have no finished seed in common.
    """
    seeds = sorted(set.intersection(*(set(row.seeds) for row in rows)))
    if not seeds:
        raise SuiteError(
            f"{' and '.join(row.label for row in rows)} have no finished seed in common",
            place=table.task,
            next=shlex.join(["suite", "run", *table.arguments]),
        )
    asked = list(combinations(range(len(rows)), 2))
    read = cache(read)
    comparisons = []
    for column, values in _by_column(scores, columns).items():
        if not all(seed in values.get(row.label, {}) for row in rows for seed in seeds):
            continue
        if len(seeds) > 1:
            differences = _over_seeds(table, rows, column, seeds, values, asked)
        else:
            differences = _over_samples(rows, column, seeds[0], values, asked, read)
        comparisons += [
            Comparison(column, rows[a].label, rows[b].label, difference, len(seeds))
            for (a, b), difference in zip(asked, differences, strict=True)
        ]
    return comparisons


def _by_column(scores: pa.Table, columns: Sequence[Column]) -> dict[Column, Values]:
    by_column: dict[Column, Values] = {column: {} for column in columns}
    names = [scores[name].to_pylist() for name in ("metric", "subset", "label", "seed", "value")]
    for metric, subset, label, seed, value in zip(*names, strict=True):
        column = Column.model_construct(metric=metric, subset=subset)
        if column in by_column:
            by_column[column].setdefault(label, {})[seed] = value
    return by_column


def _over_seeds(
    table: Table,
    rows: Sequence[Row],
    column: Column,
    seeds: Sequence[int],
    values: Values,
    asked: Sequence[tuple[int, int]],
) -> list[Difference]:
    metric = table.metric(column.metric)
    labels, field = _field(table, column, seeds, values)
    numbers = [labels.index(row.label) for row in rows]
    found = pairs(field, [(numbers[a], numbers[b]) for a, b in asked])
    return [shown_difference(metric, pair, field.basis) for pair in found]


def _field(table: Table, column: Column, seeds: Sequence[int], values: Values) -> tuple[list[str], Field]:
    """Return the field of all rows that have the seeds; in the primary column that of the ranks, if those are its."""
    compared, field = table_field(table)
    if field is not None and column == table.primary and set(seeds) == set(compared[0].seeds):
        return [row.label for row in compared], field
    complete = [row for row in table.rows if all(seed in values.get(row.label, {}) for seed in seeds)]
    sign = 1.0 if table.metric(column.metric).direction == "higher" else -1.0
    array = sign * np.array([[values[row.label][seed] for seed in seeds] for row in complete])
    ranked = [number for number, row in enumerate(complete) if row.rank]
    return [row.label for row in complete], paired_field(array, fit=ranked)


def _over_samples(
    rows: Sequence[Row],
    column: Column,
    seed: int,
    values: Values,
    asked: Sequence[tuple[int, int]],
    read: ReadSamples,
) -> list[Difference]:
    samples = [read(run.run) for row in rows for run in row.runs if run.seed == seed]
    level = each_level(LEVEL, len(asked))
    differences = []
    for a, b in asked:
        mean = values[rows[a].label][seed] - values[rows[b].label][seed]
        found = _of_samples(column, mean, samples[a], samples[b], level) or paired.Difference(mean, None, None, 1)
        differences.append(
            Difference(
                mean=found.mean,
                low=found.interval and found.interval.low,
                high=found.interval and found.interval.high,
                p=None if found.p is None else float(together(np.array([found.p]), len(asked))[0]),
                basis=found.interval.basis if found.interval else "",
            )
        )
    return differences


def _of_samples(
    column: Column, mean: float, a: Samples | None, b: Samples | None, level: float
) -> paired.Difference | None:
    if difference := paired_influence(influence(a, column), influence(b, column), level):
        return difference
    one, other = resampled(a, column), resampled(b, column)
    if one is None or other is None or one.values.shape != other.values.shape:
        return None
    return paired_resamples(mean, one.values, other.values, basis=f"paired, {one.basis}", level=level)
