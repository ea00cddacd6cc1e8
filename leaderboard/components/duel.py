"""Methods compared on the tables of a track: every pair, in the columns that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from suite.board.board import Board
from suite.board.comparison import compare
from suite.board.model import Difference, Entry, Row, Table
from suite.board.samples import ReadSamples, samples_reader
from suite.contracts import Column, Metric
from suite.errors import SuiteError
from suite.store.archive import Archive

from .source import archive, registry

LEVEL = 0.05


@dataclass(frozen=True)
class Duel:
    """Method ``a`` against ``b`` on a table, in a column: ``difference`` is a - b; each has its own mean.

    ``better`` is the label of the one with the better mean, empty where they are equal; ``apart``: they are told apart.
    """

    entry: Entry
    metric: Metric
    column: Column
    a: str
    b: str
    means: tuple[float, float]
    difference: Difference
    seeds: int

    @property
    def apart(self) -> bool:
        """Whether the two are told apart, corrected for the pairs that are compared together."""
        return self.difference.p is not None and self.difference.p < LEVEL

    @property
    def better(self) -> str:
        """The one with the better mean."""
        ahead = self.difference.mean if self.metric.direction == "higher" else -self.difference.mean
        return "" if ahead == 0 else self.a if ahead > 0 else self.b


def duels(
    everything: Board, entries: Sequence[Entry], labels: tuple[str, ...], *, metrics: bool, parts: bool
) -> list[Duel]:
    """Return every pair on every table that has two of them; the first of the labels is ``b`` of its pairs."""
    made: list[Duel] = []
    for entry in entries:
        if sum(result.label in labels for result in entry.results) > 1:
            made += _on_table(entry.file, entry.stamp, labels, metrics, parts, everything, entry)
    return made


@st.cache_data(max_entries=256, show_spinner="Comparing …")
def _on_table(
    file: str, stamp: str, labels: tuple[str, ...], metrics: bool, parts: bool, _board: Board, _entry: Entry
) -> list[Duel]:
    table = _board.table(_entry)
    by_label = {row.label: row for row in table.rows}
    # The base comes last, so that it is subtracted from each of the others.
    rows = [by_label[label] for label in (*labels[1:], labels[0]) if label in by_label and by_label[label].seeds]
    others = (column for column in table.columns if column != table.primary and (parts or "/" not in column.subset))
    columns = [table.primary, *(others if metrics else ())]
    if len(rows) < 2:
        return []
    return list(_compared(table, _entry, rows, columns, _board))


def _compared(table: Table, entry: Entry, rows: list[Row], columns: list[Column], everything: Board) -> Iterator[Duel]:
    store = _archive()
    try:
        found = compare(table, rows, columns, _scores(everything, entry, columns), _samples(table, store))
    except SuiteError:  # no seed in common
        return
    finally:
        if store is not None:
            store.close()
    by_label = {row.label: row for row in rows}
    for each in found:
        means = [value.mean if (value := by_label[label].value(each.column)) else 0.0 for label in (each.a, each.b)]
        metric = table.metric(each.column.metric)
        yield Duel(entry, metric, each.column, each.a, each.b, (means[0], means[1]), each.difference, each.seeds)


def _scores(everything: Board, entry: Entry, columns: Sequence[Column]) -> pa.Table:
    """Return the scores of a table by seed, of these columns: a comparison of one need not go through all of them."""
    scores = everything.scores(entry)
    if len(columns) > 1:
        return scores
    return scores.filter((pc.field("metric") == columns[0].metric) & (pc.field("subset") == columns[0].subset))


def _archive() -> Archive | None:
    """Return the store and what is published; None if it does not answer: then no samples are at hand, but seeds."""
    try:
        return archive()
    except SuiteError:
        return None


def _samples(table: Table, store: Archive | None) -> ReadSamples:
    tasks = registry().tasks
    if store is None or table.task not in tasks:
        return lambda run: None
    return samples_reader(tasks[table.task](), store.table)
