"""Samples where they are at hand. A file that is gone, damaged or of a version that nobody reads costs no table."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from suite.contracts import Column, Influence, Resampled, Samples, Task
from suite.stats.paired import Difference
from suite.stats.sampled import paired_normal

if TYPE_CHECKING:
    import pyarrow as pa

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


def paired_influence(a: Influence | None, b: Influence | None) -> Difference | None:
    """Compare a column of two runs on their common samples; None where either has no influence, or they share none."""
    if a is None or b is None:
        return None
    try:
        return paired_normal(a.strata, b.strata, basis=f"paired, {a.basis}")
    except ValueError:  # not the same samples, as where one of them lacked a data set
        return None


def _at_hand(what: str, make: Callable[[], T | None]) -> T | None:
    try:
        return make()
    except Exception as error:  # whatever a damaged file, or a third party's class, may raise
        log.warning("%s cannot be read, and counts as not at hand: %r", what, error)
        return None
