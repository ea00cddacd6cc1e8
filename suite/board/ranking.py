"""Which row stands where: by league, and all leagues together for those who ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from suite.board.model import Row, Standing
from suite.contracts import Task
from suite.stats.ranks import Compare, Rank, over_seeds, rank
from suite.stats.sampled import paired_normal

if TYPE_CHECKING:
    import pyarrow as pa

ReadSamples = Callable[[str], "pa.Table | None"]
"""From a run's id to its per-sample table, if it is at hand."""
SEEDS = "paired t over seeds"
SAMPLES = "paired over the test samples of one model"


def ranked(task: Task, rows: Sequence[Row], leagues: Sequence[str], read: ReadSamples) -> tuple[str, tuple[Row, ...]]:
    """Return by which comparison the rows are ranked, and the rows with their places, in the order of the table.

    Rows that are complete are ranked within their league, and all leagues together as ``together``. A partial mean is
    never ranked with a complete one.
    """
    candidates = _candidates(task, rows)
    comparison, uncached = _comparison(task, candidates, read)
    compare = cache(uncached)  # pairs of one league are asked for twice
    higher = task.metric(task.primary.metric).direction == "higher"

    def standings(numbers: Sequence[int]) -> Mapping[int, Rank]:
        means = [_mean(task, candidates[number]) for number in numbers]
        found = rank(means, lambda a, b: compare(numbers[a], numbers[b]), higher_is_better=higher)
        return {id(candidates[number]): each for number, each in zip(numbers, found, strict=True)}

    together = standings(range(len(candidates)))
    by_league: dict[int, Rank] = {}
    for league in {row.league for row in candidates}:
        by_league.update(standings([i for i, row in enumerate(candidates) if row.league == league]))
    placed = [_placed(task, row, by_league.get(id(row)), together.get(id(row))) for row in rows]
    order = {league: number for number, league in enumerate(leagues)}
    return comparison, tuple(
        sorted(
            placed,
            key=lambda row: (row.place is None, order.get(row.league, len(order)), row.place or 0, row.label),
        )
    )


def _candidates(task: Task, rows: Sequence[Row]) -> list[Row]:
    complete = [(row, value) for row in rows if not row.unranked and (value := row.value(task.primary)) is not None]
    mixed = len({value.partial for _, value in complete}) > 1
    return [row for row, value in complete if not (mixed and value.partial)]


def _comparison(task: Task, rows: Sequence[Row], read: ReadSamples) -> tuple[str, Compare]:
    """Compare over seeds, or over samples where all rows have the same one seed, which tells nothing over seeds."""
    by_seed = over_seeds([{point.seed: point.value for point in row.points} for row in rows])
    if len({tuple(point.seed for point in row.points) for row in rows}) != 1 or len(rows[0].points) != 1:
        return SEEDS, by_seed
    tables = (read(row.points[0].run) for row in rows)
    influences = [None if table is None else task.influence(table, task.primary) for table in tables]
    if all(influence is None for influence in influences):
        return SEEDS, by_seed
    return (
        SAMPLES,
        lambda a, b: (
            None
            if (one := influences[a]) is None or (other := influences[b]) is None
            else paired_normal(one, other, basis=SAMPLES)
        ),
    )


def _mean(task: Task, row: Row) -> float:
    value = row.value(task.primary)
    assert value is not None, "candidates have a primary value"
    return value.mean


def _placed(task: Task, row: Row, own: Rank | None, together: Rank | None) -> Row:
    if own is None or together is None:
        reason = "partial mean beside complete ones" if row.value(task.primary) else "no score in the primary column"
        return row.model_copy(update={"unranked": row.unranked or reason})
    standing = Standing(place=together.place, best=together.best, worst=together.worst)
    return row.model_copy(
        update={"place": own.place, "best": own.best, "worst": own.worst, "together": standing},
    )
