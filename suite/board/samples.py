"""Samples where they are at hand. A file that is gone, damaged or of a version that nobody reads costs no table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from suite.contracts import Column, Influence, Resampled, Samples, Task
from suite.stats.field import variances_of_differences
from suite.stats.paired import Difference
from suite.stats.sampled import paired_normal

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

T = TypeVar("T")
ReadTable = Callable[[str], "pa.Table | None"]
"""From a run's id to its stored table, if it has one."""
ReadSamples = Callable[[str], Samples | None]
"""From a run's id to its samples, if they are at hand."""

log = logging.getLogger(__name__)


def samples_reader(task: Task, read: ReadTable) -> ReadSamples:
    """Return what reads the samples of a task's runs."""

    def samples(run: str) -> Samples | None:
        table = _at_hand(f"the samples of run {run}", lambda: read(run))
        return None if table is None else _at_hand(f"the samples of run {run}", lambda: task.samples.read(table))

    return samples


def influence(samples: Samples | None, column: Column) -> Influence | None:
    """Return each sample's influence on a column, if it is at hand."""
    return None if samples is None else _at_hand(f"the influence on {column}", lambda: samples.influence(column))


def resampled(samples: Samples | None, column: Column) -> Resampled | None:
    """Return a column's value on resamples, if they are at hand."""
    return None if samples is None else _at_hand(f"resamples of {column}", lambda: samples.resampled(column))


def predicted_variances(runs: Sequence[Sequence[str]], column: Column, read: ReadSamples) -> NDArray[np.float64] | None:
    """Return the variance [n, n] of each difference on one seed that samples predict, averaged over the seeds.

    ``runs`` are those of n rows on the same seeds [n][S]. A difference is NaN where the samples of a row are not at
    hand, tell nothing of the column, or are not of the same test samples; None where all are.
    """
    by_seed = []
    for of_seed in zip(*runs, strict=True):
        by_seed.append(_predicted([read(run) for run in of_seed], column))
        if not np.isfinite(by_seed[-1]).any():
            return None
    return np.asarray(np.mean(by_seed, axis=0))


def _predicted(samples: Sequence[Samples | None], column: Column) -> NDArray[np.float64]:
    n = len(samples)
    variances = np.full((n, n), np.nan)
    influences = [influence(each, column) for each in samples]
    groups: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for number, known in enumerate(influences):
        if known is not None and all(values.size > 1 for values in known.strata.values()):
            shape = tuple(sorted((name, values.size) for name, values in known.strata.items()))
            groups.setdefault(shape, []).append(number)
    for shape, numbers in groups.items():
        strata = [np.stack([known.strata[name] for i in numbers if (known := influences[i])]) for name, _ in shape]
        variances[np.ix_(numbers, numbers)] = sum(
            variances_of_differences(values) / values.shape[1] for values in strata
        )
    if not groups:
        drawn = [resampled(each, column) for each in samples]
        shapes = [each.values.shape if each else () for each in drawn]
        same = [number for number, shape in enumerate(shapes) if shape == shapes[0] and shape]
        if same:
            values = np.stack([each.values for i in same if (each := drawn[i])])
            variances[np.ix_(same, same)] = variances_of_differences(values)
    return variances


def paired_influence(a: Influence | None, b: Influence | None, level: float = 0.95) -> Difference | None:
    """Compare a column of two runs on their common samples; None where either has no influence, or they share none."""
    if a is None or b is None:
        return None
    try:
        return paired_normal(a.strata, b.strata, basis=f"paired, {a.basis}", level=level)
    except ValueError:  # not the same samples, as where one of them lacked a data set
        return None


def _at_hand(what: str, make: Callable[[], T | None]) -> T | None:
    try:
        return make()
    except Exception as error:  # whatever a damaged file, or a third party's class, may raise
        log.warning("%s cannot be read, and counts as missing: %r", what, error)
        return None
