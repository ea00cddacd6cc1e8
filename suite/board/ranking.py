"""Which row stands where: among the rows of the same access, and all ranked rows together for those who ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from suite.board.model import Difference, Place, Row
from suite.board.samples import ReadSamples, influence, paired_influence
from suite.contracts import Column, Metric
from suite.stats import paired
from suite.stats.ranks import Compare, Rank, over_seeds, rank

SEEDS = "paired t over seeds"
NOT_INSTALLED = "its method is not installed, so that its access is not known"


def ranked(metric: Metric, primary: Column, rows: Sequence[Row], read: ReadSamples) -> tuple[str, tuple[Row, ...]]:
    """Return by which comparison the rows are ranked, and the rows with places and differences, in the table's order.

    Complete rows are ranked among those of the same access, and all of them as ``together``; other complete rows have
    their difference to the best of these alone. A partial mean is never held against a complete one.
    """
    complete = [(row, value) for row in rows if not row.unranked and (value := row.value(primary))]
    partial = min((value.partial for row, value in complete if row.standing == "ranked"), default=False)
    field = [row for row, value in complete if value.partial == partial]
    means = [value.mean for _, value in complete if value.partial == partial]
    comparison, uncached = _comparison(primary, field, read)
    compare = cache(uncached)  # pairs of one access are asked for twice

    def places(numbers: Sequence[int]) -> Mapping[int, Rank]:
        higher = metric.direction == "higher"
        ranks = rank([means[i] for i in numbers], lambda a, b: compare(numbers[a], numbers[b]), higher_is_better=higher)
        return dict(zip(numbers, ranks, strict=True))

    by_access: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(field):
        if row.standing == "ranked":
            by_access.setdefault(row.access, []).append(number)
    together = places([number for numbers in by_access.values() for number in numbers])
    within = {number: place for numbers in by_access.values() for number, place in places(numbers).items()}
    best = min(together, key=lambda i: (together[i].place, field[i].label), default=None)
    placed = {id(row): row for row in rows}
    for number, row in enumerate(field):
        difference = None if best in (None, number) else compare(number, best)
        changes: dict[str, Any] = {"difference": None if difference is None else _difference(difference)}
        if number in within:
            changes |= {**vars(within[number]), "together": Place(**vars(together[number]))}
        placed[id(row)] = row.model_copy(update=changes)
    finished = [row.model_copy(update={"unranked": _unranked(primary, row)}) for row in placed.values()]
    return comparison, tuple(sorted(finished, key=lambda row: _order(metric, primary, row)))


def _comparison(primary: Column, rows: Sequence[Row], read: ReadSamples) -> tuple[str, Compare]:
    """Compare over seeds, or over samples where all rows have the same one seed, which tells nothing over seeds."""
    by_seed = over_seeds([{point.seed: point.value for point in row.points} for row in rows])
    if len({tuple(point.seed for point in row.points) for row in rows}) != 1 or len(rows[0].points) != 1:
        return SEEDS, by_seed
    influences = [influence(read(row.points[0].run), primary) for row in rows]
    bases = dict.fromkeys(known.basis for known in influences if known)
    if not bases:
        return SEEDS, by_seed
    return f"paired, {', '.join(bases)}", lambda a, b: paired_influence(influences[a], influences[b])


def _difference(difference: paired.Difference) -> Difference:
    interval = difference.interval
    return Difference(
        mean=difference.mean,
        low=interval and interval.low,
        high=interval and interval.high,
        p=difference.p,
        basis=interval.basis if interval else "",
    )


def _unranked(primary: Column, row: Row) -> str:
    """Return why a row has no place, or an empty string if it has one, or is a reference and takes none."""
    if row.unranked or row.place:
        return row.unranked
    if row.value(primary) is None:
        return "no score in the primary column"
    reasons = {"ranked": "partial mean beside complete ones", "not installed": NOT_INSTALLED, "reference": ""}
    return reasons[row.standing]


def _order(metric: Metric, primary: Column, row: Row) -> tuple[int, Any, str]:
    """Ranked rows by access, those without privileges first; then references, best first; then the others."""
    if row.place:
        return 0, (len(row.access), row.access, row.place), row.label
    value = row.value(primary)
    if row.unranked or value is None:
        return 2, 0, row.label
    return 1, -value.mean if metric.direction == "higher" else value.mean, row.label
