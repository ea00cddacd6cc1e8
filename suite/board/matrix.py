"""Every method of a track on every of its tables, with the mean rank on the tables that methods have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from suite.board.model import Entry, Result


@dataclass(frozen=True)
class Line:
    """A method with its parameters.

    Attributes:
        results: by the entry's ``file``; a table on which it has no row is left out, and never filled.
        placed: on how many of the tables it has a place.
        mean_rank: over the common tables, among the methods of its access that have a place on all of them; None for
            a method that lacks one. Equal means share their places.
        wins: on how many of the common tables no other such method is better.
    """

    label: str
    method: str
    access: tuple[str, ...]
    standing: str
    results: Mapping[str, Result]
    placed: int
    mean_rank: float | None
    wins: int


@dataclass(frozen=True)
class Matrix:
    """The tables of a track, its methods by mean rank, and over which tables (their ``file``) that is."""

    entries: tuple[Entry, ...]
    common: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def ranked(self) -> int:
        """How many methods have a mean rank."""
        return sum(line.mean_rank is not None for line in self.lines)


def matrix(entries: Iterable[Entry]) -> Matrix:
    """Return the methods of a track's entries; give the current ones of one track, or some of them.

    Lines with a mean rank come first, by access and mean rank, then the others by the number of their places.
    """
    chosen = tuple(entries)
    by_label: dict[str, dict[str, Result]] = {}
    for entry in chosen:
        for result in entry.results:
            by_label.setdefault(result.label, {})[entry.file] = result
    common = common_tables(
        [frozenset(file for file, result in results.items() if result.place) for results in by_label.values()]
    )
    files = tuple(entry.file for entry in chosen if entry.file in common)
    ranks = _ranks({entry.file: entry for entry in chosen}, files, by_label)
    lines = [_line(label, results, ranks.get(label)) for label, results in by_label.items()]
    return Matrix(chosen, files, tuple(sorted(lines, key=_order)))


def common_tables(covered: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return the tables on which a mean rank rests, given those on which each method has a place.

    Of the sets of tables that some method has, and what two of them share, it is the one with most places: its number
    of tables times the number of methods that have them all. The larger set wins where that is equal.
    """
    own = {tables for tables in covered if tables}
    candidates = own | {one & other for one in own for other in own if one & other}

    def places(tables: frozenset[str]) -> tuple[int, int, list[str]]:
        return len(tables) * sum(tables <= each for each in covered), len(tables), sorted(tables)

    return max(candidates, key=places, default=frozenset())


def _ranks(
    entries: Mapping[str, Entry], files: Sequence[str], by_label: Mapping[str, Mapping[str, Result]]
) -> dict[str, list[tuple[int, float]]]:
    """Return for each of the files how many are better, and the rank.

    For the methods with a place on all of them, among those of the same access.
    """
    fields: dict[tuple[str, ...], list[str]] = {}
    for label, results in by_label.items():
        if files and all(file in results and results[file].place for file in files):
            fields.setdefault(results[files[0]].access, []).append(label)
    ranks: dict[str, list[tuple[int, float]]] = {}
    for labels in fields.values():
        for file in files:
            sign = -1 if entries[file].metric.direction == "higher" else 1
            values = np.array([sign * (by_label[label][file].mean or 0.0) for label in labels])
            better = (values[:, None] > values).sum(axis=1)
            equal = (values[:, None] == values).sum(axis=1)
            for label, ahead, same in zip(labels, better.tolist(), equal.tolist(), strict=True):
                ranks.setdefault(label, []).append((ahead, ahead + (same + 1) / 2))
    return ranks


def _line(label: str, results: Mapping[str, Result], ranks: Sequence[tuple[int, float]] | None) -> Line:
    first = next(iter(results.values()))
    return Line(
        label=label,
        method=first.method,
        access=first.access,
        standing=first.standing,
        results=results,
        placed=sum(result.place is not None for result in results.values()),
        mean_rank=float(np.mean([rank for _, rank in ranks])) if ranks else None,
        wins=sum(not ahead for ahead, _ in ranks or ()),
    )


def _order(line: Line) -> tuple[bool, int, tuple[str, ...], float, int, str]:
    if line.mean_rank is None:
        return True, 0, (), 0.0, -line.placed, line.label
    return False, len(line.access), line.access, line.mean_rank, 0, line.label
