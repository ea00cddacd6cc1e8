"""What a pull request changes below ``submissions/``: each change checked, and its rows beside those that are there.

Both folders are read as data. No code of either is run.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suite.board.artifact import published_board
from suite.board.model import Row, Table
from suite.contracts import Column, Metric
from suite.hashing import bytes_digest
from suite.registry import Registry
from suite.store.published import published_in
from suite.store.submission.folder import FILES, oddities, read_plain
from suite.store.submission.reading import FILE
from suite.submit.check import check
from suite.submit.report import Problem, Report
from suite.submit.report import shown as as_shown

CHANGES, TABLES, ROWS = 20, 40, 12
"""How many changed submissions are looked at, and how many tables and rows of each are shown."""
LARGEST = 64 * 2**20


@dataclass(frozen=True)
class Change:
    """A submission that is added, changed or removed, and what came of checking it."""

    name: str
    kind: str
    report: Report


@dataclass(frozen=True)
class Compared:
    """A row of a table to which the pull request adds.

    ``new`` marks the rows that the pull request brings. ``place`` is None for rows that take none; ``low`` and ``high``
    are the 95 % interval of ``value``, ``difference`` is that to the best row of its field, with its interval.
    """

    method: str
    new: bool
    place: int | None
    value: float
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    seeds: int
    source: str


@dataclass(frozen=True)
class Comparison:
    """The best rows of a table, and all that are new in it, in the unit in which people read its primary metric.

    ``others`` is how many more rows it has.
    """

    task: str
    setting: str
    metric: str
    unit: str
    direction: str
    rows: tuple[Compared, ...]
    others: int


@dataclass(frozen=True)
class Review:
    """All that there is to say of a pull request's submissions."""

    changes: tuple[Change, ...]
    comparisons: tuple[Comparison, ...]
    left: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, and all was looked at."""
        return not self.left and all(change.report.ok for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        changes = [{"name": each.name, "kind": each.kind, **each.report.as_json()} for each in self.changes]
        comparisons = [asdict(comparison) for comparison in self.comparisons]
        return {"format": 1, "ok": self.ok, "left": self.left, "changes": changes, "comparisons": comparisons}


def review(base: Path, proposed: Path, registry: Registry) -> Review:
    """Return what is changed from one folder of submissions to another, and what is to be said of it.

    Args:
        base: the folder as it is.
        proposed: the folder as somebody would have it. It may hold anything.
        registry: tasks and metrics.
    """
    former, names = _names(base), _names(proposed)
    changed = [name for name in sorted(former | names) if _state(base / name) != _state(proposed / name)]
    changes = [_change(name, base, proposed, registry) for name in changed[:CHANGES]]
    fine = {change.name for change in changes if change.report.results is not None}
    comparisons = _comparisons(proposed, fine, former - set(changed), registry) if fine else ()
    return Review(tuple(changes), comparisons, len(changed) - len(changes))


def _names(folder: Path) -> set[str]:
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.is_dir(follow_symlinks=False) or entry.is_symlink()}


def _state(folder: Path) -> str | None:
    """Return a digest of all that is in a folder; of an odd one, which no check lets through, that of its oddities."""
    if not folder.is_symlink() and not folder.exists():
        return None
    if odd := oddities(folder):
        return f"odd: {odd}"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())[:FILES]
    parts = [f"{path.relative_to(folder)} {bytes_digest(read_plain(path, LARGEST))}" for path in paths]
    return bytes_digest("\n".join(parts).encode())


def _change(name: str, base: Path, proposed: Path, registry: Registry) -> Change:
    before, after = base / name, proposed / name
    if not after.is_symlink() and not after.exists():
        problem = Problem(
            "it was removed: nothing that was published is", name, f"suite submit withdraw {as_shown(name)}"
        )
        return Change(name, "removed", Report(name, "", (problem,)))
    kind = "changed" if (before / FILE).is_file() else "added"
    return Change(name, kind, check(after, registry, before=before))


def _comparisons(proposed: Path, new: set[str], kept: set[str], registry: Registry) -> tuple[Comparison, ...]:
    submissions, _ = published_in([(proposed, False)])
    board = published_board(registry, [each for each in submissions if each.name in new | kept])
    tasks = {task for each in submissions if each.name in new for task in each.tasks}
    tables = [board.table(entry) for entry in board.entries if entry.task in tasks]
    compared = [_comparison(table, new) for table in tables if any(_is_new(row, new) for row in table.rows)]
    return tuple(compared[:TABLES])


def _comparison(table: Table, new: set[str]) -> Comparison:
    rows = [row for row in table.rows if row.value(table.primary) is not None]
    metric = table.metric(table.primary.metric)
    shown_rows = [row for number, row in enumerate(rows) if number < ROWS or _is_new(row, new)][: 2 * ROWS]
    return Comparison(
        task=table.task,
        setting=table.condition,
        metric=f"{table.primary.metric} ({table.primary.subset})",
        unit=metric.shown_unit,
        direction=metric.direction,
        rows=tuple(_compared(row, table.primary, metric, new) for row in shown_rows),
        others=len(rows) - len(shown_rows),
    )


def _compared(row: Row, primary: Column, metric: Metric, new: set[str]) -> Compared:
    value, difference = row.value(primary), row.difference
    assert value is not None

    def shown(number: float | None) -> float | None:
        return None if number is None else metric.shown(number)

    return Compared(
        method=row.label,
        new=_is_new(row, new),
        place=row.rank.place if row.rank else None,
        value=metric.shown(value.mean),
        low=shown(value.low),
        high=shown(value.high),
        difference=shown(difference.mean) if difference else None,
        difference_low=shown(difference.low) if difference else None,
        difference_high=shown(difference.high) if difference else None,
        seeds=len(row.seeds),
        source=", ".join(dict.fromkeys(origin.name for origin in row.origins)),
    )


def _is_new(row: Row, new: set[str]) -> bool:
    return any(origin.kind == "published" and origin.name in new for origin in row.origins)
