"""Methods compared on the tables of a track: every pair, in the columns that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from markupsafe import Markup

from suite.board.board import Board
from suite.board.comparison import compare
from suite.board.markup import Cell, Lines
from suite.board.model import Difference, Entry, Row, Table
from suite.board.samples import ReadSamples, samples_reader
from suite.contracts import Column, Metric
from suite.errors import SuiteError
from suite.store.reading import Reader
from suite.store.samples import table_reader

from .columns import title, unit
from .links import table_href
from .prose import fill, join, link
from .scope import named
from .source import registry, settings

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
    reader = _reader()
    try:
        found = compare(table, rows, columns, everything.scores(entry), _samples(table, reader))
    except SuiteError:  # no seed in common
        return
    finally:
        if reader is not None:
            reader.close()
    by_label = {row.label: row for row in rows}
    for each in found:
        means = [value.mean if (value := by_label[label].value(each.column)) else 0.0 for label in (each.a, each.b)]
        metric = table.metric(each.column.metric)
        yield Duel(entry, metric, each.column, each.a, each.b, (means[0], means[1]), each.difference, each.seeds)


def _reader() -> Reader | None:
    """Return the store; None if it does not answer: then no samples are at hand, but the seeds are."""
    try:
        return Reader(settings().database_url)
    except SuiteError:
        return None


def _samples(table: Table, reader: Reader | None) -> ReadSamples:
    tasks = registry().tasks
    if reader is None or table.task not in tasks:
        return lambda run: None
    return samples_reader(tasks[table.task](), table_reader(settings(), reader))


def summary(made: Sequence[Duel], base: str, others: Sequence[str]) -> list[Markup]:
    """Return a sentence for each method on how it does against the base, in the columns that rank."""
    sentences = []
    for label in others:
        own = [duel for duel in made if (duel.a, duel.b) == (label, base) and duel.column == duel.entry.primary]
        better = [duel for duel in own if duel.apart and duel.better == label]
        worse = [duel for duel in own if duel.apart and duel.better == base]
        open_ = [duel for duel in own if not duel.apart]
        parts = [
            fill(
                "{} on {} ({})",
                word,
                len(chosen),
                join([link(named(d.entry), table_href(d.entry)) for d in chosen], ", "),
            )
            for word, chosen in (("better", better), ("worse", worse), ("not told apart", open_))
            if chosen
        ]
        tables = "one table" if len(own) == 1 else f"{len(own)} tables"
        said = join(parts, "; ") if parts else fill("{}", "no table has both")
        sentences.append(fill("<b>{}</b> against <b>{}</b>, on {} that both have: {}.", label, base, tables, said))
    return sentences


def flat(made: Sequence[Duel]) -> list[dict[str, Any]]:
    """Return a row for each pair, table and column, for CSV: values are as they are stored."""
    return [
        {
            "task": duel.entry.task,
            "setting": ", ".join(f"{axis}={value}" for axis, value in duel.entry.setting.items()),
            "protocol": duel.entry.protocol[:12],
            "metric": duel.column.metric,
            "subset": duel.column.subset,
            "direction": duel.metric.direction,
            "a": duel.a,
            "b": duel.b,
            "mean a": duel.means[0],
            "mean b": duel.means[1],
            "difference": duel.difference.mean,
            "low": duel.difference.low,
            "high": duel.difference.high,
            "p": duel.difference.p,
            "told apart": duel.apart,
            "seeds": duel.seeds,
            "basis": duel.difference.basis,
        }
        for duel in made
    ]


def lines_of(made: Sequence[Duel]) -> tuple[list[str], Lines]:
    """Return the comparison as a table of texts; differences that are told apart stand out."""
    headings = ["task", "column", "pair", "means", "difference", "p"]
    lines = [
        [
            Cell(named(duel.entry)),
            Cell(f"{title(duel.column)} ({unit(duel.metric)})"),
            Cell(f"{duel.a} − {duel.b}"),
            Cell(f"{duel.metric.shown(duel.means[0]):.2f}, {duel.metric.shown(duel.means[1]):.2f}"),
            Cell(reads(duel), duel.apart),
            Cell("" if duel.difference.p is None else f"{duel.difference.p:.2g}"),
        ]
        for duel in made
    ]
    return headings, lines


def reads(duel: Duel) -> str:
    """Return the difference with its interval, as ``+1.20 [0.40, 2.00]``."""
    shown, difference = duel.metric.shown, duel.difference
    text = f"{shown(difference.mean):+.2f}"
    if difference.low is None or difference.high is None:
        return text
    return f"{text} [{shown(difference.low):.2f}, {shown(difference.high):.2f}]"
