"""Finding what a marker names on the board, with an error in words for what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from suite.board.board import Board
from suite.board.model import Entry, Row, Table
from suite.contracts import Column, Setting
from suite.errors import did_you_mean
from suite.reference.results.request import PRIMARY


class Unknown(ValueError):
    """A marker names what the board has not; the message says what and, if a name is close, that."""


@dataclass(frozen=True, eq=False)
class Found:
    """A table of the board with its entry, by which its scores are read."""

    board: Board
    entry: Entry

    @cached_property
    def table(self) -> Table:
        """The table."""
        return self.board.table(self.entry)

    @cached_property
    def by_seed(self) -> dict[tuple[str, str, str], dict[int, float]]:
        """The scores by label, metric and subset, and by seed."""
        scores: dict[tuple[str, str, str], dict[int, float]] = {}
        names = ("label", "metric", "subset", "seed", "value")
        columns = (self.board.scores(self.entry)[name].to_pylist() for name in names)
        for label, metric, subset, seed, value in zip(*columns, strict=True):
            scores.setdefault((label, metric, subset), {})[seed] = value
        return scores

    @cached_property
    def rows(self) -> dict[str, Row]:
        """The rows by their labels."""
        return {row.label: row for row in self.table.rows}

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns by ``METRIC SUBSET``."""
        return {str(column): column for column in self.table.columns}

    def column(self, text: str) -> Column:
        """Return the column ``METRIC SUBSET``, or the primary one.

        Raises:
            Unknown: the table has none of that name.
        """
        if text != PRIMARY and text not in self.columns:
            raise Unknown(f"{self.name} has no column {text!r}.{did_you_mean(text, self.columns)}")
        return self.columns.get(text, self.table.primary)

    @property
    def name(self) -> str:
        """The task, with the setting if it has one."""
        return f"{self.entry.task} {Setting(self.entry.setting)}".strip()


def tables(board: Board, task: str) -> list[Found]:
    """Return the current tables of a task.

    Raises:
        Unknown: nothing of it is published.
    """
    entries = [entry for entry in board.entries if entry.task == task and entry.current]
    if not entries:
        known = {entry.task for entry in board.entries}
        raise Unknown(f"nothing is published of a task {task!r}.{did_you_mean(task, known)}")
    return [Found(board, entry) for entry in entries]


def along(board: Board, task: str, setting: Mapping[str, str], axis: str = "") -> dict[str, Found]:
    """Return the table of a task in a setting; of an axis, those of all its values that have results, by these.

    Axes that are not named have their defaults.

    Raises:
        Unknown: there is no such task or axis, or nothing is published in this setting.
    """
    of_task = tables(board, task)
    axes = {each.name: each.values for each in of_task[0].entry.axes}
    for name in (*setting, *([axis] if axis else ())):
        if name not in axes:
            raise Unknown(f"{task} has no axis {name!r}.{did_you_mean(name, axes)}")
    asked = {name: values[0] for name, values in axes.items()} | dict(setting)
    rest = {name: value for name, value in asked.items() if name != axis}
    found = {each.entry.setting.get(axis, ""): each for each in of_task if rest.items() <= each.entry.setting.items()}
    if not found:
        known = "; ".join(str(Setting(each.entry.setting)) for each in of_task)
        raise Unknown(f"nothing is published of {task} in the setting {Setting(asked)}. There is: {known}")
    return found


def chosen(found: Iterable[Found], patterns: Sequence[str]) -> list[str]:
    """Return the labels of rows in the order of the board, all or those that a pattern fits.

    Raises:
        Unknown: a pattern fits none.
    """
    tables = list(found)
    labels = list(dict.fromkeys(row.label for each in tables for row in each.table.rows))
    for pattern in patterns:
        if not any(_fits(label, pattern) for label in labels):
            raise Unknown(f"{tables[0].name} has no row {pattern!r}.{did_you_mean(pattern, labels)}")
    return [label for label in labels if not patterns or any(_fits(label, pattern) for pattern in patterns)]


def _fits(label: str, pattern: str) -> bool:
    return label == pattern or fnmatchcase(label, pattern)
