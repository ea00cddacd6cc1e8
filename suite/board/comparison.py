"""Two rows of a table side by side: paired differences on the same seeds, or on the same test samples of one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suite.board.model import Row, Table
from suite.board.samples import ReadSamples, influence, paired_influence, resampled
from suite.contracts import Column, Samples
from suite.errors import SuiteError
from suite.stats.paired import Difference, paired_t
from suite.stats.sampled import paired_resamples
from suite.store.reading import Reader


@dataclass(frozen=True)
class Comparison:
    """The difference a - b in a column."""

    column: Column
    difference: Difference


def compare(
    table: Table, a: Row, b: Row, columns: Sequence[Column], reader: Reader, read: ReadSamples
) -> list[Comparison]:
    """Compare two rows in those of the columns that both have, over the seeds that both have.

    With several seeds by paired t over seeds. With one by its samples, which are read once: by each sample's influence
    where they know it, else by resampling.

    Raises:
        SuiteError: they have no seed in common.
    """
    runs_a, runs_b = ({run.seed: run.run for run in row.runs if run.seed in row.seeds} for row in (a, b))
    seeds = sorted(runs_a.keys() & runs_b.keys())
    if not seeds:
        raise SuiteError(
            f"{a.label} and {b.label} have no finished seed in common",
            place=table.task,
            next=f"suite run {' '.join(table.arguments)}",
        )
    values_a, values_b = ([_values(reader, runs[seed]) for seed in seeds] for runs in (runs_a, runs_b))
    shared = [column for column in columns if all(column in values for values in (*values_a, *values_b))]
    if len(seeds) > 1:
        return [
            Comparison(column, paired_t([v[column] for v in values_a], [v[column] for v in values_b], over="seeds"))
            for column in shared
        ]
    one, other = (read(runs[seeds[0]]) for runs in (runs_a, runs_b))
    means = {column: values_a[0][column] - values_b[0][column] for column in shared}
    return [
        Comparison(column, _over_samples(column, mean, one, other) or Difference(mean, None, None, 1))
        for column, mean in means.items()
    ]


def _values(reader: Reader, run: str) -> dict[Column, float]:
    scores = reader.run(run).scores
    return {Column(metric=score.metric, subset=score.subset): score.value for score in scores}


def _over_samples(column: Column, mean: float, a: Samples | None, b: Samples | None) -> Difference | None:
    if difference := paired_influence(influence(a, column), influence(b, column)):
        return difference
    one, other = resampled(a, column), resampled(b, column)
    if one is None or other is None or one.values.shape != other.values.shape:
        return None
    return paired_resamples(mean, one.values, other.values, basis=f"paired, {one.basis}")
