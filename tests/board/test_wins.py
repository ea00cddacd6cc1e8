"""Who beats whom: counted over common tables, with false discoveries held in check."""

from __future__ import annotations

import numpy as np
import pytest

from suite.board.model import Row, SeedRun, Table
from suite.board.wins import wins

from .test_markup import row, table


def seeded(name: str, *values: float, **about: object) -> Row:
    runs = tuple(
        SeedRun(seed=seed, state="done", run=f"{name}{seed}", value=value) for seed, value in enumerate(values)
    )
    return row(name, 1, float(np.mean(values)), runs=runs, **about)


def field(task: str, *rows: Row, **about: object) -> Table:
    return table(*rows, task=f"track/{task}", **about)


def test_wins_are_counted_on_common_tables() -> None:
    one = field("one", seeded("a", 0.9, 0.91, 0.92), seeded("b", 0.5, 0.51, 0.53), seeded("c", 0.1, 0.11, 0.13))
    two = field("two", seeded("a", 0.2, 0.21, 0.23), seeded("b", 0.7, 0.71, 0.72))
    made = wins([one, two])
    assert made.labels == ("a", "b", "c")  # both of the first won two of three
    assert made.common.tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    assert made.better.tolist() == [[0, 1, 1], [1, 0, 1], [0, 0, 0]]
    assert made.apart.tolist() == made.better.tolist()  # all of them differ by many standard errors
    assert np.isnan(made.shares[0, 0])
    assert made.shares[0, 1] == 0.5


def test_lower_is_better_where_the_metric_says_so() -> None:
    metric = table().metrics[0].model_copy(update={"direction": "lower"})
    made = wins([field("one", seeded("a", 0.9, 0.8), seeded("b", 0.5, 0.4), metrics=(metric,))])
    assert made.labels == ("b", "a")


def test_a_difference_within_the_noise_is_not_told_apart() -> None:
    made = wins([field("one", seeded("a", 0.5, 0.9, 0.1), seeded("b", 0.52, 0.1, 0.8))])
    assert made.better.sum() == 1
    assert made.apart.sum() == 0


def test_one_seed_tells_nothing_apart_and_equals_beat_nobody() -> None:
    made = wins([field("one", seeded("a", 0.5), seeded("b", 0.5), seeded("c", 0.1))])
    assert made.better.tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert made.apart.sum() == 0


def test_rows_that_are_not_complete_are_left_out() -> None:
    half = seeded("half", 0.9, rank=None, unranked="seeds 1 are not done")
    empty = row("empty", None, 0.5, aside=None)
    made = wins([field("one", seeded("a", 0.5, 0.6), seeded("b", 0.4, 0.5), half, empty)])
    assert made.labels == ("a", "b")
    assert wins([]).labels == ()
    assert wins([field("one", seeded("a", 0.5))]).labels == ()


@pytest.mark.parametrize("seeds", [3, 5])
def test_false_discoveries_stay_within_their_share(seeds: int) -> None:
    random = np.random.default_rng(seeds)
    false, pairs = 0, 0
    for _ in range(60):
        shared = random.normal(size=seeds)
        rows = [seeded(f"m{i}", *(0.5 + 0.01 * (shared + random.normal(size=seeds)))) for i in range(8)]
        made = wins([field("null", *rows)])
        false += bool(made.apart.any())
        pairs += 1
    assert false / pairs <= 0.15  # of the tables in which nothing differs, 5 % are expected to show anything
